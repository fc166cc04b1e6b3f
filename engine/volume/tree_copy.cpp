#include "engine/volume/tree_copy.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

namespace portlight::volume {

namespace {

constexpr int kMostDepth = 512;

/// Attributes that are the file's own; what overlayfs keeps for itself is not.
void copyAttributes(const Fd& source, const Fd& target)
{
    std::vector<char> names(65536);
    const ssize_t size = ::flistxattr(source.get(), names.data(), names.size());
    for (ssize_t at = 0; at < size;
        at += static_cast<ssize_t>(std::strlen(names.data() + at)) + 1) {
        const std::string name = names.data() + at;
        if (name.starts_with("trusted.overlay.") || name.starts_with("user.overlay."))
            continue;
        char value[65536];
        const ssize_t length = ::fgetxattr(source.get(), name.c_str(), value, sizeof value);
        // What a target does not take (security.* without the right to) is left out, as cp does.
        if (length >= 0)
            ::fsetxattr(target.get(), name.c_str(), value, static_cast<std::size_t>(length), 0);
    }
}

Result<void> finish(const Fd& source, const Fd& target, const struct stat& info)
{
    if (::fchown(target.get(), info.st_uid, info.st_gid) != 0)
        return errnoError(errno, "set the owner of a copy");
    if (::fchmod(target.get(), info.st_mode & 07777) != 0)
        return errnoError(errno, "set the mode of a copy");
    copyAttributes(source, target); // after chown, which takes file capabilities away
    const timespec times[] { info.st_atim, info.st_mtim };
    ::futimens(target.get(), times);
    return success();
}

/// One copy of a tree.
struct Copying {
    const Fd& top; ///< of the target
    std::string directory {}; ///< below it, where the copy is: "a/b/"
    int depth = 0;
    std::map<std::pair<dev_t, ino_t>, std::string> linked {}; ///< files with several names
};

Result<void> copyEntry(const Fd& source, const std::string& name, const Fd& target,
    const std::string& newName, Copying& copying);

Result<void> copyInto(const Fd& source, const Fd& target, Copying& copying)
{
    if (copying.depth > kMostDepth)
        return makeError(Errc::InvalidArgument, "directories are nested too deep to be copied");
    PL_TRY(const auto names, directoryNames(source));
    for (const auto& name : names) {
        // What others took away or exchanged meanwhile is left out.
        if (auto copied = copyEntry(source, name, target, name, copying);
            !copied && copied.error().code != Errc::NotFound && copied.error().sysErrno != ELOOP)
            return copied;
    }
    struct stat info {};
    if (::fstat(source.get(), &info) != 0)
        return errnoError(errno, "look at a directory");
    return finish(source, target, info);
}

/// Another name for what was copied before; false where that is no longer there.
bool linkToCopy(const std::string& earlier, const Fd& target, const std::string& newName,
    const Copying& copying)
{
    const auto slash = earlier.rfind('/');
    const auto directory = openBeneath(copying.top,
        slash == std::string::npos ? "." : earlier.substr(0, slash), O_PATH | O_DIRECTORY);
    return directory
        && ::linkat(directory.value().get(), earlier.substr(slash + 1).c_str(), target.get(),
               newName.c_str(), 0)
        == 0;
}

Result<void> copyFile(const Fd& source, const std::string& name, const Fd& target,
    const std::string& newName, const struct stat& info, Copying& copying)
{
    if (info.st_nlink > 1) {
        const auto [at, isNew] = copying.linked.emplace(
            std::pair(info.st_dev, info.st_ino), copying.directory + newName);
        if (!isNew && linkToCopy(at->second, target, newName, copying))
            return success();
    }
    PL_TRY(const auto from, openAt(source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    PL_TRY(const auto to, openAt(target, newName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    PL_TRY(copyBytes(from, to, name));
    return finish(from, to, info);
}

Result<void> copySymlink(const Fd& source, const std::string& name, const Fd& target,
    const std::string& newName, const struct stat& info)
{
    std::string text(static_cast<std::size_t>(info.st_size) + 4096, '\0');
    const ssize_t size = ::readlinkat(source.get(), name.c_str(), text.data(), text.size());
    if (size < 0) // EINVAL: something else has taken the link's place
        return errnoError(errno == EINVAL ? ENOENT : errno, "read the link '" + name + "'");
    text.resize(static_cast<std::size_t>(size));
    if (::symlinkat(text.c_str(), target.get(), newName.c_str()) != 0)
        return errnoError(errno, "make the link '" + name + "'");
    ::fchownat(target.get(), newName.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW);
    const timespec times[] { info.st_atim, info.st_mtim };
    ::utimensat(target.get(), newName.c_str(), times, AT_SYMLINK_NOFOLLOW);
    return success();
}

Result<void> copyEntry(const Fd& source, const std::string& name, const Fd& target,
    const std::string& newName, Copying& copying)
{
    struct stat info {};
    if (::fstatat(source.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? Result<void>(success())
                               : errnoError(errno, "look at '" + name + "'");
    if (S_ISLNK(info.st_mode))
        return copySymlink(source, name, target, newName, info);
    if (S_ISDIR(info.st_mode)) {
        if (::mkdirat(target.get(), newName.c_str(), 0700) != 0)
            return errnoError(errno, "make the directory '" + name + "'");
        PL_TRY(const auto from, openAt(source, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        PL_TRY(const auto to, openAt(target, newName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        const std::string before =
            std::exchange(copying.directory, copying.directory + newName + "/");
        ++copying.depth;
        auto copied = copyInto(from, to, copying);
        --copying.depth;
        copying.directory = before;
        return copied;
    }
    if (S_ISREG(info.st_mode))
        return copyFile(source, name, target, newName, info, copying);
    const timespec times[] { info.st_atim, info.st_mtim };
    if (::mknodat(target.get(), newName.c_str(), info.st_mode, info.st_rdev) != 0)
        return errno == EPERM ? Result<void>(success())
                              : errnoError(errno, "make the node '" + name + "'");
    ::fchownat(target.get(), newName.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW);
    ::utimensat(target.get(), newName.c_str(), times, AT_SYMLINK_NOFOLLOW);
    return success();
}

Result<std::int64_t> bytesIn(const Fd& directory, int depth)
{
    std::int64_t bytes = 0;
    if (depth > kMostDepth)
        return bytes;
    PL_TRY(const auto names, directoryNames(directory));
    for (const auto& name : names) {
        struct stat info {};
        if (::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (!S_ISDIR(info.st_mode)) {
            bytes += info.st_blocks * 512;
            continue;
        }
        if (const auto inner = openAt(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)) {
            PL_TRY(const auto more, bytesIn(inner.value(), depth + 1));
            bytes += more;
        }
    }
    return bytes;
}

} // namespace

Result<void> copyBytes(const Fd& source, const Fd& target, const std::string& name)
{
    if (::ioctl(target.get(), FICLONE, source.get()) == 0)
        return success();
    for (;;) {
        const ssize_t moved =
            ::copy_file_range(source.get(), nullptr, target.get(), nullptr, 1U << 30U, 0);
        if (moved == 0)
            return success();
        if (moved > 0 || errno == EINTR)
            continue;
        if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
            return errnoError(errno, "copy '" + name + "'");
        break;
    }
    std::vector<char> buffer(1U << 17U);
    for (;;) {
        const ssize_t got = ::read(source.get(), buffer.data(), buffer.size());
        if (got == 0)
            return success();
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, "read '" + name + "'");
        PL_TRY(writeAll(target, { buffer.data(), static_cast<std::size_t>(got) }));
    }
}

Result<void> copyAs(
    const Fd& source, const std::string& name, const Fd& target, const std::string& newName)
{
    Copying copying { target };
    return copyEntry(source, name, target, newName, copying);
}

Result<void> copyTree(const Fd& source, const Fd& target)
{
    Copying copying { target };
    return copyInto(source, target, copying);
}

Result<bool> isEmptyDirectory(const Fd& directory)
{
    bool isEmpty = true;
    const auto look = [&isEmpty](std::string_view) { return isEmpty = false; };
    PL_TRY(eachName(directory, look));
    return isEmpty;
}

Result<std::int64_t> treeBytes(const Fd& directory)
{
    return bytesIn(directory, 0);
}

} // namespace portlight::volume
