#include "engine/runtime/mounts.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/cgroup_mount.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/root_paths.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>

namespace portlight::runtime {

namespace {

// Entries of procfs that tools may replace by files of their own; nothing else may be covered, or
// what we write to /proc could end in somebody's file.
constexpr std::string_view kReplaceable[] { "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo",
    "/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo",
    "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled" };

constexpr std::uint64_t kCover = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

bool isKernelFs(const std::string& type)
{
    return type == "proc" || type == "sysfs";
}

// procfs and sysfs go to a real directory only: behind a symlink of the image they would be
// somewhere else than masks and read-only paths expect them.
Result<void> checkKernelFsTarget(const Fd& root, const oci::Mount& mount, const Fd& target)
{
    PL_TRY(const auto path, pathBelow(root, target));
    std::string wanted = mount.destination;
    while (wanted.size() > 1 && wanted.back() == '/')
        wanted.pop_back();
    if (path != wanted)
        return makeError(Errc::Forbidden,
            "'" + wanted + "' in the image is not an ordinary directory: it leads to '" + path
                + "'");
    return success();
}

Result<void> checkCovers(const Fd& root, const oci::Mount& mount, const Fd& target)
{
    PL_TRY(const auto path, pathBelow(root, target));
    if (path == "/")
        return makeError(Errc::Forbidden, "a mount may not cover '/'");
    if (path == "/proc" && mount.type != "proc")
        return makeError(Errc::Forbidden, "only procfs may be mounted on '/proc'");
    struct statfs info {};
    if (::fstatfs(target.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    if (info.f_type != PROC_SUPER_MAGIC || path == "/proc")
        return success();
    if (std::find(std::begin(kReplaceable), std::end(kReplaceable), path) == std::end(kReplaceable))
        return makeError(Errc::Forbidden, "a mount may not cover '" + path + "'");
    return success();
}

Result<void> attachWith(const Fd& mount, const Fd& target, const MountOptions& options)
{
    PL_TRY(changeMount(mount, options.recursive));
    PL_TRY(changeMount(mount, options.propagation));
    return attachMount(mount, target);
}

Result<void> bindMount(
    const Fd& root, const Bundle& bundle, const oci::Mount& mount, const MountOptions& options)
{
    const std::string source =
        mount.source.starts_with('/') ? mount.source : bundle.path + "/" + mount.source;
    PL_TRY(const auto tree, cloneTree(AT_FDCWD, source, options.isRecursiveBind));
    struct stat info {};
    if (::fstat(tree.get(), &info) != 0)
        return errnoError(errno, "look at '" + source + "'");
    PL_TRY(const auto target,
        ensureInRoot(
            root, mount.destination, S_ISDIR(info.st_mode) ? PathKind::Directory : PathKind::File));
    PL_TRY(checkCovers(root, mount, target));
    PL_TRY(changeMount(tree, options.attributes));
    return attachWith(tree, target, options);
}

Result<void> fsMount(const Fd& root, const oci::Mount& mount, const MountOptions& options)
{
    PL_TRY(const auto target, ensureInRoot(root, mount.destination, PathKind::Directory));
    PL_TRY(checkCovers(root, mount, target));
    if (isKernelFs(mount.type)) {
        PL_TRY(checkKernelFsTarget(root, mount, target));
    }
    PL_TRY(
        const auto made, makeMount(mount.type, mount.source, options.data, options.attributes.set));
    return attachWith(made, target, options);
}

Result<void> mountOne(const Fd& root, const Bundle& bundle, const oci::Mount& mount,
    const std::function<Result<void>()>& joinCgroup)
{
    const MountOptions options = parseMountOptions(mount.options);
    if (options.isBind)
        return bindMount(root, bundle, mount, options);
    if (mount.type == "cgroup" || mount.type == "cgroup2") {
        PL_TRY(joinCgroup());
        PL_TRY(const auto target, ensureInRoot(root, mount.destination, PathKind::Directory));
        PL_TRY(checkCovers(root, mount, target));
        const bool hasOwn = bundle.linuxConfig().findNamespace("cgroup") != nullptr;
        return mountCgroups(target, options.attributes.set, hasOwn);
    }
    return fsMount(root, mount, options);
}

// A fresh handle on the host's null device, checked to be it. The container's own /dev/null may be
// anything by now.
Result<Fd> nullDevice()
{
    PL_TRY(auto device, openFile("/dev/null", O_PATH | O_NOFOLLOW));
    struct stat info {};
    if (::fstat(device.get(), &info) != 0)
        return errnoError(errno, "look at '/dev/null'");
    if (!S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 3))
        return makeError(Errc::Internal, "'/dev/null' of this host is not the null device");
    return device;
}

bool isMissing(const Error& error)
{
    return error.sysErrno == ENOENT || error.sysErrno == ENOTDIR;
}

} // namespace

Result<void> mountAll(
    const Fd& root, const Bundle& bundle, const std::function<Result<void>()>& joinCgroup)
{
    for (const oci::Mount& mount : bundle.config.mounts) {
        auto mounted = mountOne(root, bundle, mount, joinCgroup);
        if (!mounted)
            return withContext(mounted.error(), "mount '" + mount.destination + "'");
    }
    return success();
}

Result<void> maskPaths(const Fd& root, const std::vector<std::string>& paths)
{
    if (paths.empty())
        return success();
    PL_TRY(const auto null, nullDevice());
    for (const std::string& path : paths) {
        const auto target = openInRoot(root, path, O_PATH);
        if (!target) {
            if (isMissing(target.error()))
                continue;
            return withContext(target.error(), "mask");
        }
        struct stat info {};
        if (::fstat(target.value().get(), &info) != 0)
            return errnoError(errno, "mask '" + path + "'");
        if (!S_ISDIR(info.st_mode)) {
            PL_TRY(const auto cover, cloneTreeOf(null, false));
            PL_TRY(changeMount(cover, MountChange { kCover, 0, 0, false }));
            PL_TRY(attachMount(cover, target.value()));
            continue;
        }
        PL_TRY(const auto cover,
            makeMount("tmpfs", "tmpfs", { { "size", "0" }, { "mode", "555" } },
                kCover | MOUNT_ATTR_NODEV));
        PL_TRY(attachMount(cover, target.value()));
    }
    return success();
}

Result<void> protectPaths(const Fd& root, const std::vector<std::string>& paths)
{
    for (const std::string& path : paths) {
        const auto target = openInRoot(root, path, O_PATH);
        if (!target) {
            if (isMissing(target.error()))
                continue;
            return withContext(target.error(), "make read-only");
        }
        PL_TRY(const auto tree, cloneTreeOf(target.value(), true));
        PL_TRY(changeMount(tree, MountChange { MOUNT_ATTR_RDONLY, 0, 0, true }));
        PL_TRY(attachMount(tree, target.value()));
    }
    return success();
}

} // namespace portlight::runtime
