#include "engine/runtime/devices.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/root_paths.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace portlight::runtime {

namespace {

constexpr mode_t kDefaultMode = 0666;

std::vector<oci::Device> defaultDevices()
{
    const auto device = [](const char* path, int major, int minor) {
        return oci::Device { 'c', path, major, minor, kDefaultMode, 0, 0 };
    };
    return { device("/dev/null", 1, 3), device("/dev/zero", 1, 5), device("/dev/full", 1, 7),
        device("/dev/random", 1, 8), device("/dev/urandom", 1, 9), device("/dev/tty", 5, 0) };
}

mode_t typeBits(char type)
{
    if (type == 'b')
        return S_IFBLK;
    return type == 'p' ? S_IFIFO : S_IFCHR;
}

bool isDevice(const struct stat& info, const oci::Device& device)
{
    if ((info.st_mode & S_IFMT) != typeBits(device.type))
        return false;
    return device.type == 'p'
        || info.st_rdev
        == makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
}

// In a user namespace nodes cannot be made: the host's node of that path shows through instead, if
// it is the device that was asked for.
Result<void> bindDevice(const Fd& root, const oci::Device& device)
{
    PL_TRY(const auto source, openFile(device.path, O_PATH | O_NOFOLLOW));
    struct stat info {};
    if (::fstat(source.get(), &info) != 0)
        return errnoError(errno, "look at '" + device.path + "'");
    if (!isDevice(info, device))
        return makeError(Errc::Forbidden, "'" + device.path + "' of this host is another device");
    PL_TRY(const auto target, ensureInRoot(root, device.path, PathKind::File));
    PL_TRY(const auto tree, cloneTreeOf(source, false));
    constexpr std::uint64_t kNoPrograms = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    PL_TRY(changeMount(tree, MountChange { kNoPrograms, 0, 0, false }));
    return attachMount(tree, target);
}

Result<void> makeDevice(const Fd& root, const oci::Device& device)
{
    const std::size_t end = device.path.find_last_not_of('/');
    const std::size_t slash = device.path.rfind('/', end);
    if (end == std::string::npos || slash == std::string::npos)
        return makeError(Errc::InvalidArgument, "'" + device.path + "' is not a device path");
    const std::string name = device.path.substr(slash + 1, end - slash);
    if (name == "." || name == "..")
        return makeError(Errc::InvalidArgument, "'" + device.path + "' is not a device path");
    PL_TRY(const auto parent,
        ensureInRoot(root, device.path.substr(0, slash + 1), PathKind::Directory));
    struct stat info {};
    if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
        if (isDevice(info, device))
            return success();
        if (::unlinkat(parent.get(), name.c_str(), 0) != 0) // what the image put there
            return errnoError(errno, "replace '" + device.path + "'");
    }
    const mode_t mode = device.fileMode.value_or(kDefaultMode) & 07777U;
    const dev_t number =
        makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
    if (::mknodat(parent.get(), name.c_str(), typeBits(device.type) | mode, number) != 0) {
        if (errno == EPERM && device.type != 'p')
            return bindDevice(root, device);
        return errnoError(errno, "make device '" + device.path + "'");
    }
    if (device.uid != 0 || device.gid != 0) {
        if (::fchownat(parent.get(), name.c_str(), device.uid, device.gid, AT_SYMLINK_NOFOLLOW)
            != 0)
            return errnoError(errno, "give away device '" + device.path + "'");
    }
    return success();
}

Result<void> makeLinks(const Fd& root)
{
    static constexpr std::pair<const char*, const char*> kLinks[] { { "fd", "/proc/self/fd" },
        { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
        { "stderr", "/proc/self/fd/2" } };
    PL_TRY(const auto directory, ensureInRoot(root, "/dev", PathKind::Directory));
    for (const auto& [name, target] : kLinks) {
        if (::symlinkat(target, directory.get(), name) != 0 && errno != EEXIST)
            return errnoError(errno, "make '/dev/" + std::string(name) + "'");
    }
    // Always the instance of this container, whatever the image has there.
    if (::unlinkat(directory.get(), "ptmx", 0) != 0 && errno != ENOENT)
        return errnoError(errno, "replace '/dev/ptmx'");
    if (::symlinkat("pts/ptmx", directory.get(), "ptmx") != 0)
        return errnoError(errno, "make '/dev/ptmx'");
    return success();
}

bool hasBoundDev(const std::vector<oci::Mount>& mounts)
{
    return std::any_of(mounts.begin(), mounts.end(), [](const oci::Mount& mount) {
        const auto options = parseMountOptions(mount.options);
        return mount.destination == "/dev" && options && options.value().isBind;
    });
}

} // namespace

Result<void> makeDevices(const Fd& root, const oci::RuntimeConfig& config)
{
    if (hasBoundDev(config.mounts))
        return success();
    for (const oci::Device& device : defaultDevices()) {
        PL_TRY(makeDevice(root, device));
    }
    for (const oci::Device& device : config.linuxConfig.devices) {
        PL_TRY(makeDevice(root, device));
    }
    return makeLinks(root);
}

} // namespace portlight::runtime
