#include "engine/core/file_edits.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/file_listing.h"
#include "engine/core/tree_removal.h"
#include "engine/runtime/root_paths.h"
#include "engine/volume/tree_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace portlight::core {

namespace {

/// Errors of a change in the words of who asked for it.
Error editError(int number, const std::string& what)
{
    Error error = errnoError(number, what);
    if (number == EROFS) {
        error.code = Errc::Forbidden;
    } else if (number == ENOTEMPTY || number == EISDIR) {
        error.code = Errc::Conflict;
    } else if (number == EBUSY) {
        error.message += "; it is a mount point or in use";
    } else if (number == ENOSPC || number == EDQUOT) {
        error.code = Errc::Unavailable;
    }
    return error;
}

/// A name beside the one that is wanted, gone again unless it was renamed.
class TemporaryName {
public:
    explicit TemporaryName(const Fd& parent)
        : m_parent(parent)
        , m_name(".portlight-" + randomHex(16))
    {
    }
    ~TemporaryName()
    {
        if (!m_isKept)
            static_cast<void>(removeTreeAt(m_parent, m_name).has_value());
    }
    TemporaryName(const TemporaryName&) = delete;
    TemporaryName& operator=(const TemporaryName&) = delete;
    const std::string& name() const { return m_name; }
    void keep() { m_isKept = true; }

private:
    const Fd& m_parent;
    std::string m_name;
    bool m_isKept = false;
};

Result<void> checkEditable(const RootedPath& place, const NamedPlace& named)
{
    if (place.isReadOnly)
        return makeError(Errc::Forbidden, "'" + place.path + "' is read-only");
    if (named.name == ".")
        return makeError(Errc::InvalidArgument,
            "'" + place.path
                + "' ends in no name: the root itself, '.' and '..' cannot be changed");
    if (place.isFileMount || isMountPoint(named.parent, named.name))
        return makeError(
            Errc::Conflict, "'" + place.path + "' is a mount point; it stays as long as its mount");
    return success();
}

Result<void> setAttributes(const Fd& file, const struct stat& like, const NewFile& options)
{
    if (::fchown(file.get(), options.uid.value_or(like.st_uid), options.gid.value_or(like.st_gid))
        != 0)
        return editError(errno, "set the owner");
    if (::fchmod(file.get(), options.mode.value_or(like.st_mode & 07777)) != 0)
        return editError(errno, "set the mode");
    return success();
}

Result<void> writeInPlace(const Fd& root, const std::string& path, const Fd& content)
{
    PL_TRY(const auto file, openInRoot(root, path, O_WRONLY | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return makeError(Errc::Conflict, "'" + path + "' was exchanged meanwhile");
    if (::ftruncate(file.get(), 0) != 0)
        return editError(errno, "empty '" + path + "'");
    if (::lseek(content.get(), 0, SEEK_SET) != 0)
        return errnoError(errno, "read what is to be written");
    return volume::copyBytes(content, file, path);
}

Result<void> checkExpected(const struct stat& info, const NewFile& options, const std::string& path)
{
    if (options.isNew)
        return makeError(Errc::Conflict, "'" + path + "' exists");
    if (!S_ISREG(info.st_mode))
        return makeError(Errc::InvalidArgument,
            "'" + path + "' is no regular file but a " + std::string(fileKind(info.st_mode)));
    if (!options.expected.empty() && options.expected != formatTimestamp(modifiedNs(info)))
        return makeError(Errc::Conflict,
            "'" + path + "' was changed at " + formatTimestamp(modifiedNs(info))
                + ", after it was read; read it again");
    return success();
}

/// A file of its own beside @p name, complete, then in its place.
Result<void> exchangeFile(const NamedPlace& named, const struct stat& like, const Fd& content,
    const NewFile& options, unsigned renameFlags)
{
    TemporaryName temporary(named.parent);
    PL_TRY(auto file,
        openAt(named.parent, temporary.name(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    if (::lseek(content.get(), 0, SEEK_SET) != 0)
        return errnoError(errno, "read what is to be written");
    if (auto copied = volume::copyBytes(content, file, named.name); !copied)
        return editError(copied.error().sysErrno, "write '" + named.name + "'");
    PL_TRY(setAttributes(file, like, options));
    if (::fsync(file.get()) != 0)
        return editError(errno, "write '" + named.name + "'");
    if (::renameat2(named.parent.get(), temporary.name().c_str(), named.parent.get(),
            named.name.c_str(), renameFlags)
        != 0)
        return editError(errno, "write '" + named.name + "'");
    temporary.keep();
    return success();
}

Result<void> renameAcross(const NamedPlace& from, const NamedPlace& to, unsigned flags)
{
    TemporaryName temporary(to.parent);
    PL_TRY(volume::copyAs(from.parent, from.name, to.parent, temporary.name()));
    if (::renameat2(
            to.parent.get(), temporary.name().c_str(), to.parent.get(), to.name.c_str(), flags)
        != 0)
        return editError(errno, "rename to '" + to.name + "'");
    temporary.keep();
    return removeTreeAt(from.parent, from.name);
}

} // namespace

Result<void> writeFileInRoot(const RootedPath& place, const Fd& content, const NewFile& options)
{
    if (place.isReadOnly)
        return makeError(Errc::Forbidden, "'" + place.path + "' is read-only");
    struct stat info {};
    const auto found = openInRoot(place.root, place.path, O_PATH);
    if (!found && found.error().code != Errc::NotFound)
        return found.error();
    if (!found) {
        if (!options.expected.empty())
            return makeError(Errc::Conflict, "'" + place.path + "' was removed meanwhile");
        PL_TRY(const auto named, splitInRoot(place.root, place.path));
        PL_TRY(checkEditable(place, named));
        if (::fstat(named.parent.get(), &info) != 0)
            return errnoError(errno, "look at the directory of '" + place.path + "'");
        info.st_mode = S_IFREG | 0644;
        return exchangeFile(named, info, content, options, RENAME_NOREPLACE);
    }
    if (::fstat(found.value().get(), &info) != 0)
        return errnoError(errno, "look at '" + place.path + "'");
    PL_TRY(checkExpected(info, options, place.path));
    PL_TRY(const auto resolved, runtime::pathBelow(place.root, found.value()));
    PL_TRY(const auto named, splitInRoot(place.root, resolved));
    struct stat again {};
    const bool isSame =
        ::fstatat(named.parent.get(), named.name.c_str(), &again, AT_SYMLINK_NOFOLLOW) == 0
        && again.st_ino == info.st_ino && again.st_dev == info.st_dev;
    // One of several names would lose its bond with the others, a mount point cannot be exchanged.
    if (!isSame || info.st_nlink > 1 || place.isFileMount || isMountPoint(named.parent, named.name))
        return writeInPlace(place.root, place.path, content);
    return exchangeFile(named, info, content, options, 0);
}

Result<void> makeDirectoryInRoot(const RootedPath& place, const NewFile& options, bool withParents)
{
    std::string path = place.path;
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    if (withParents && path.rfind('/') > 0) {
        if (place.isReadOnly)
            return makeError(Errc::Forbidden, "'" + place.path + "' is read-only");
        PL_TRY(runtime::ensureInRoot(
            place.root, path.substr(0, path.rfind('/')), runtime::PathKind::Directory));
    }
    PL_TRY(const auto named, splitInRoot(place.root, path));
    PL_TRY(checkEditable(place, named));
    if (::mkdirat(named.parent.get(), named.name.c_str(), 0700) != 0) {
        const int number = errno;
        if (withParents && number == EEXIST
            && openInRoot(place.root, path, O_PATH | O_DIRECTORY).has_value())
            return success();
        return editError(number, "make the directory '" + place.path + "'");
    }
    PL_TRY(const auto made, openAt(named.parent, named.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    struct stat parent {};
    if (::fstat(named.parent.get(), &parent) != 0)
        return errnoError(errno, "look at the directory of '" + place.path + "'");
    parent.st_mode = 0755;
    return setAttributes(made, parent, options);
}

Result<void> renameInRoot(const RootedPath& from, const RootedPath& to, bool overwrites)
{
    PL_TRY(const auto source, splitInRoot(from.root, from.path));
    PL_TRY(const auto target, splitInRoot(to.root, to.path));
    PL_TRY(checkEditable(from, source));
    PL_TRY(checkEditable(to, target));
    const unsigned flags = overwrites ? 0U : RENAME_NOREPLACE;
    if (::renameat2(source.parent.get(), source.name.c_str(), target.parent.get(),
            target.name.c_str(), flags)
        == 0)
        return success();
    // Another mount; or a directory of the image, which overlayfs does not rename.
    if (errno == EXDEV)
        return renameAcross(source, target, flags);
    return editError(errno, "rename '" + from.path + "' to '" + to.path + "'");
}

Result<void> removeInRoot(const RootedPath& place, bool isRecursive)
{
    std::string path = place.path;
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    PL_TRY(const auto named, splitInRoot(place.root, path));
    PL_TRY(checkEditable(place, named));
    if (isRecursive)
        return removeTreeAt(named.parent, named.name);
    if (::unlinkat(named.parent.get(), named.name.c_str(), 0) == 0)
        return success();
    if (errno != EISDIR && errno != EPERM)
        return editError(errno, "remove '" + place.path + "'");
    if (::unlinkat(named.parent.get(), named.name.c_str(), AT_REMOVEDIR) != 0)
        return editError(errno, "remove '" + place.path + "'");
    return success();
}

} // namespace portlight::core
