#include "engine/runtime/rootfs.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"
#include "engine/runtime/mount_options.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace portlight::runtime {

namespace {

constexpr std::size_t kMaxOptionValue = 255; // fsconfig(2) refuses longer strings

// Directories of the overlay. A path that the option syntax cannot carry is named by its open
// descriptor instead, which has neither length nor odd characters.
struct OverlayPaths {
    std::vector<std::string> lower;
    std::string upper;
    std::string work;
    std::vector<Fd> held;
};

Result<std::string> optionPath(const std::string& path, OverlayPaths& paths)
{
    if (path.size() <= kMaxOptionValue && path.find_first_of(":,\\\"") == std::string::npos)
        return path;
    PL_TRY(auto fd, openFile(path, O_PATH | O_DIRECTORY));
    paths.held.push_back(std::move(fd));
    return "/proc/self/fd/" + std::to_string(paths.held.back().get());
}

Result<OverlayPaths> overlayPaths(const Bundle& bundle)
{
    OverlayPaths paths;
    for (const std::string& directory : bundle.launch.lowerDirs) {
        PL_TRY(auto path, optionPath(directory, paths));
        paths.lower.push_back(std::move(path));
    }
    PL_TRY(makeDirs(bundle.path + "/upper", 0755));
    PL_TRY(makeDirs(bundle.path + "/work", 0700));
    PL_TRY(paths.upper, optionPath(bundle.path + "/upper", paths));
    PL_TRY(paths.work, optionPath(bundle.path + "/work", paths));
    return paths;
}

FsOptions commonOptions(const Bundle& bundle, const OverlayPaths& paths)
{
    FsOptions options { { "upperdir", paths.upper }, { "workdir", paths.work } };
    if (bundle.launch.useUserXattr)
        options.emplace_back("userxattr", "");
    if (bundle.launch.isVolatile)
        options.emplace_back("volatile", "");
    return options;
}

Result<void> mountOverlayOld(
    const Bundle& bundle, const OverlayPaths& paths, const std::string& target)
{
    std::string data = "lowerdir=";
    for (const std::string& directory : paths.lower)
        data += (data.back() == '=' ? "" : ":") + directory;
    for (const auto& [name, value] : commonOptions(bundle, paths))
        data += "," + name + (value.empty() ? "" : "=" + value);
    if (data.size() >= static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)))
        return makeError(Errc::Unavailable,
            "image has too many layers for this kernel's overlay mount (Linux 6.5 lifts the "
            "limit)");
    if (::mount("overlay", target.c_str(), "overlay", 0, data.c_str()) != 0)
        return errnoError(errno, "mount overlay");
    return success();
}

Result<void> mountOverlay(const Bundle& bundle, const std::string& target)
{
    PL_TRY(const auto paths, overlayPaths(bundle));
    // What a `volatile` mount leaves behind refuses the next mount of the same upper directory; we
    // mount it again on purpose, after the same container ended.
    if (bundle.launch.isVolatile) {
        PL_TRY(removeTree(bundle.path + "/work/work/incompat"));
    }
    FsOptions options;
    for (const std::string& directory : paths.lower)
        options.emplace_back("lowerdir+", directory);
    const FsOptions common = commonOptions(bundle, paths);
    options.insert(options.end(), common.begin(), common.end());
    auto made = makeMount("overlay", "overlay", options, 0);
    if (!made) {
        // Kernels before 6.5 do not know lowerdir+ (EINVAL); the old call then tells the real
        // cause.
        if (made.error().sysErrno == EINVAL || made.error().sysErrno == ENOSYS)
            return mountOverlayOld(bundle, paths, target);
        return made.error();
    }
    PL_TRY(const auto over, openFile(target, O_PATH | O_DIRECTORY));
    return attachMount(made.value(), over);
}

std::string rootPath(const Bundle& bundle)
{
    const std::string& path = bundle.config.rootPath;
    return path.starts_with('/') ? path : bundle.path + "/" + path;
}

// The mount that @p path is on must not be shared: what is put on it would appear on the host.
Result<void> makeHolderPrivate(const std::string& path)
{
    PL_TRY(auto at, openFile(path, O_PATH | O_DIRECTORY));
    for (;;) {
        struct statx info {};
        if (::statx(at.get(), "", AT_EMPTY_PATH, 0, &info) != 0)
            return errnoError(errno, "look at '" + path + "'");
        if ((info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
            return changeMount(at, MountChange { 0, 0, MS_PRIVATE, false });
        PL_TRY(at, openAt(at, "..", O_PATH | O_DIRECTORY));
    }
}

// "." over ".": the old root ends up on top of the new one and is taken off again, without a
// directory for it inside the image.
Result<void> pivot()
{
    PL_TRY(const auto old, openFile("/", O_RDONLY | O_DIRECTORY));
    if (::syscall(SYS_pivot_root, ".", ".") != 0)
        return errnoError(errno, "pivot_root");
    // What is taken off here must not be taken off on the host as well.
    if (::fchdir(old.get()) != 0 || ::mount(nullptr, ".", nullptr, MS_SLAVE | MS_REC, nullptr) != 0)
        return errnoError(errno, "cut off the host's root");
    if (::umount2(".", MNT_DETACH) != 0)
        return errnoError(errno, "leave the host's root");
    return success();
}

// For a root that pivot_root(2) refuses, as an initramfs is.
Result<void> moveOverRoot()
{
    if (::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0)
        return errnoError(errno, "move the container's root");
    if (::chroot(".") != 0)
        return errnoError(errno, "chroot");
    return success();
}

} // namespace

Result<void> isolateMounts(const Bundle& bundle)
{
    const bool isShared = bundle.linuxConfig().rootfsPropagation.ends_with("shared");
    const unsigned long propagation = isShared ? MS_SHARED : MS_SLAVE;
    if (::mount(nullptr, "/", nullptr, propagation | MS_REC, nullptr) != 0)
        return errnoError(errno, "make mounts private");
    return isShared ? makeHolderPrivate(rootPath(bundle)) : success();
}

Result<Fd> mountRoot(const Bundle& bundle)
{
    const std::string path = rootPath(bundle);
    if (bundle.launch.lowerDirs.empty()) {
        PL_TRY(const auto tree, cloneTree(AT_FDCWD, path, true));
        // A root that is shared with the host would carry every mount of the container there.
        PL_TRY(changeMount(tree, MountChange { 0, 0, MS_PRIVATE, false }));
        PL_TRY(const auto over, openFile(path, O_PATH | O_DIRECTORY));
        PL_TRY(attachMount(tree, over));
    } else {
        PL_TRY(makeDirs(path, 0700));
        PL_TRY(mountOverlay(bundle, path));
    }
    return openFile(path, O_PATH | O_DIRECTORY); // the mounted one, on top
}

Result<void> enterRoot(const Fd& root, const oci::RuntimeConfig& config, bool usesPivotRoot)
{
    if (::fchdir(root.get()) != 0)
        return errnoError(errno, "enter the container's root");
    if (usesPivotRoot) {
        PL_TRY(pivot());
    } else {
        PL_TRY(moveOverRoot());
    }
    if (::chdir("/") != 0)
        return errnoError(errno, "enter '/'");
    PL_TRY(const auto top, openFile("/", O_PATH | O_DIRECTORY));
    MountChange change;
    bool isRecursive = false;
    const std::string& word = config.linuxConfig.rootfsPropagation;
    change.propagation = word.empty() ? MS_PRIVATE : propagationFlag(word, isRecursive);
    change.isRecursive = isRecursive;
    PL_TRY(changeMount(top, change));
    if (config.isRootReadOnly) {
        PL_TRY(changeMount(top, MountChange { MOUNT_ATTR_RDONLY, 0, 0, false }));
    }
    return success();
}

} // namespace portlight::runtime
