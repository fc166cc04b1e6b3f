#include "engine/runtime/masked_paths.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

namespace portlight::runtime {

namespace {

constexpr std::uint64_t kCover = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

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
