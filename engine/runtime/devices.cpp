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
#include <optional>

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

Result<void> bindPrepared(const Fd& root, const oci::Device& device, const Fd& tree)
{
    PL_TRY(const auto target, ensureInRoot(root, device.path, PathKind::File));
    return attachMount(tree, target);
}

// @p prepared: the node as its creator has made it; null: none.
Result<void> makeDevice(const Fd& root, const oci::Device& device, const Fd* prepared = nullptr)
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
    if (prepared != nullptr)
        return bindPrepared(root, device, *prepared);
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

std::optional<std::uint32_t> hostId(
    const std::vector<oci::IdMapping>& mappings, std::uint32_t containerId)
{
    for (const oci::IdMapping& each : mappings) {
        if (containerId >= each.containerId && containerId - each.containerId < each.size)
            return each.hostId + (containerId - each.containerId);
    }
    return std::nullopt;
}

// The node as the container is to see it; not open where the creator may not make nodes.
Result<Fd> prepareNode(const Fd& holder, const std::string& name, const oci::Device& device,
    const oci::LinuxConfig& config)
{
    const auto uid = hostId(config.uidMappings, device.uid);
    const auto gid = hostId(config.gidMappings, device.gid);
    if (!uid || !gid)
        return makeError(Errc::InvalidArgument,
            "device '" + device.path + "' is to belong to " + std::to_string(device.uid) + ":"
                + std::to_string(device.gid) + ", which uidMappings and gidMappings do not map");
    const mode_t mode = device.fileMode.value_or(kDefaultMode) & 07777U;
    const dev_t number =
        makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
    if (::mknodat(holder.get(), name.c_str(), typeBits(device.type) | mode, number) != 0
        || ::fchownat(holder.get(), name.c_str(), *uid, *gid, AT_SYMLINK_NOFOLLOW) != 0
        || ::fchmodat(holder.get(), name.c_str(), mode, 0) != 0) // past the umask
        return Fd();
    PL_TRY(const auto node, openAt(holder, name, O_PATH | O_NOFOLLOW));
    auto tree = cloneTreeOf(node, false);
    constexpr std::uint64_t kNoPrograms = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    if (!tree || !changeMount(tree.value(), MountChange { kNoPrograms, 0, 0, false }))
        return Fd(); // before Linux 6.15 a detached mount cannot be cloned
    return tree;
}

bool hasBoundDev(const std::vector<oci::Mount>& mounts)
{
    return std::any_of(mounts.begin(), mounts.end(), [](const oci::Mount& mount) {
        const auto options = parseMountOptions(mount.options);
        return mount.destination == "/dev" && options && options.value().isBind;
    });
}

} // namespace

Result<PreparedDevices> prepareDevices(const oci::LinuxConfig& config)
{
    PreparedDevices prepared;
    const oci::Namespace* const user = config.findNamespace("user");
    if (user == nullptr || !user->path.empty() || config.devices.empty()
        || config.uidMappings.empty() || config.gidMappings.empty())
        return prepared;
    const auto holder = makeMount("tmpfs", "devices", { { "mode", "0700" } }, 0);
    if (!holder)
        return prepared; // an unprivileged creator
    for (std::size_t at = 0; at < config.devices.size(); ++at) {
        PL_TRY(
            auto node, prepareNode(holder.value(), std::to_string(at), config.devices[at], config));
        if (node.isOpen())
            prepared.emplace(at, std::move(node));
    }
    return prepared;
}

Result<void> makeDevices(
    const Fd& root, const oci::RuntimeConfig& config, const PreparedDevices& prepared)
{
    if (hasBoundDev(config.mounts))
        return success();
    for (const oci::Device& device : defaultDevices()) {
        PL_TRY(makeDevice(root, device));
    }
    const std::vector<oci::Device>& devices = config.linuxConfig.devices;
    for (std::size_t at = 0; at < devices.size(); ++at) {
        const auto found = prepared.find(at);
        PL_TRY(makeDevice(root, devices[at], found == prepared.end() ? nullptr : &found->second));
    }
    return makeLinks(root);
}

} // namespace portlight::runtime
