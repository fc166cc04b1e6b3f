#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::runtime {

namespace {

// The kernel explains a refused option in messages that are read from the fs descriptor:
// "e overlay: …".
std::string kernelWords(const Fd& fs)
{
    std::string words;
    char buffer[512];
    ssize_t got = 0;
    while ((got = ::read(fs.get(), buffer, sizeof buffer)) > 0) {
        std::string_view line(buffer, static_cast<std::size_t>(got));
        while (!line.empty() && line.back() == '\n')
            line.remove_suffix(1);
        if (!line.starts_with("e "))
            continue;
        words += (words.empty() ? " (" : "; ");
        words += line.substr(2);
    }
    return words.empty() ? words : words + ")";
}

Error fsError(int number, const Fd& fs, const std::string& what)
{
    Error error = errnoError(number, what);
    error.message += kernelWords(fs);
    return error;
}

} // namespace

Result<Fd> makeMount(const std::string& type, const std::string& source, const FsOptions& options,
    std::uint64_t attributes)
{
    const Fd fs(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
    if (!fs.isOpen())
        return errnoError(errno, "open file system '" + type + "'");
    if (!source.empty()
        && ::fsconfig(fs.get(), FSCONFIG_SET_STRING, "source", source.c_str(), 0) != 0)
        return fsError(errno, fs, "mount " + type + ": source '" + source + "'");
    for (const auto& [name, value] : options) {
        const int failed = value.empty()
            ? ::fsconfig(fs.get(), FSCONFIG_SET_FLAG, name.c_str(), nullptr, 0)
            : ::fsconfig(fs.get(), FSCONFIG_SET_STRING, name.c_str(), value.c_str(), 0);
        if (failed != 0)
            return fsError(errno, fs, "mount " + type + ": option '" + name + "'");
    }
    if (::fsconfig(fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return fsError(errno, fs, "mount " + type);
    Fd mount(::fsmount(fs.get(), FSMOUNT_CLOEXEC, static_cast<unsigned int>(attributes)));
    if (!mount.isOpen())
        return fsError(errno, fs, "mount " + type);
    return mount;
}

Result<Fd> cloneTree(int dirFd, const std::string& path, bool isRecursive)
{
    const unsigned int flags = OPEN_TREE_CLONE | static_cast<unsigned int>(OPEN_TREE_CLOEXEC)
        | (isRecursive ? static_cast<unsigned int>(AT_RECURSIVE) : 0U);
    Fd tree(::open_tree(dirFd, path.c_str(), flags));
    if (!tree.isOpen())
        return errnoError(errno, "bind '" + path + "'");
    return tree;
}

Result<Fd> cloneTreeOf(const Fd& fd, bool isRecursive)
{
    const unsigned int flags = OPEN_TREE_CLONE | static_cast<unsigned int>(OPEN_TREE_CLOEXEC)
        | static_cast<unsigned int>(AT_EMPTY_PATH)
        | (isRecursive ? static_cast<unsigned int>(AT_RECURSIVE) : 0U);
    Fd tree(::open_tree(fd.get(), "", flags));
    if (!tree.isOpen())
        return errnoError(errno, "bind");
    return tree;
}

Result<void> attachMount(const Fd& mount, const Fd& target)
{
    if (::move_mount(
            mount.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
        != 0)
        return errnoError(errno, "attach mount");
    return success();
}

Result<void> mapMountIds(const Fd& mount, const Fd& map, bool isTree)
{
    struct mount_attr attributes {};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<std::uint64_t>(map.get());
    const unsigned int flags = static_cast<unsigned int>(AT_EMPTY_PATH)
        | (isTree ? static_cast<unsigned int>(AT_RECURSIVE) : 0U);
    if (::mount_setattr(mount.get(), "", flags, &attributes, sizeof attributes) == 0)
        return success();
    Error error = errnoError(errno, "map ids of the mount");
    if (error.sysErrno == EINVAL) {
        error.code = Errc::NotImplemented;
        error.message += " (its file system cannot be idmapped on this kernel)";
    }
    return error;
}

Result<void> changeMount(const Fd& mount, const MountChange& change)
{
    struct mount_attr attributes {};
    attributes.attr_set = change.set;
    attributes.attr_clr = change.clear;
    attributes.propagation = change.propagation;
    if (change.set == 0 && change.clear == 0 && change.propagation == 0)
        return success();
    const unsigned int flags = static_cast<unsigned int>(AT_EMPTY_PATH)
        | (change.isRecursive ? static_cast<unsigned int>(AT_RECURSIVE) : 0U);
    if (::mount_setattr(mount.get(), "", flags, &attributes, sizeof attributes) != 0)
        return errnoError(errno, "change mount attributes");
    return success();
}

} // namespace portlight::runtime
