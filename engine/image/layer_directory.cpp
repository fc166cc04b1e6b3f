#include "engine/image/layer_directory.h"

#include "engine/base/syscalls.h"
#include "engine/image/entry_path.h"
#include "engine/image/layer_unpacker.h"

#include <fcntl.h>
#include <sys/xattr.h>

#include <cerrno>

namespace portlight::image {

namespace {

constexpr mode_t kImplicitDirMode = 0755;

std::string procPath(const Fd& fd)
{
    return "/proc/self/fd/" + std::to_string(fd.get());
}

Error entryError(int number, const std::string& path, const char* what)
{
    Error error = errnoError(number, "entry '" + shownName(path) + "': " + std::string(what));
    // What an archive makes impossible is the archive's fault; the disk's troubles are not.
    if (number == ENOTDIR || number == ELOOP || number == EXDEV || number == EISDIR
        || number == ENOENT || number == EEXIST || number == ENAMETOOLONG || number == EFBIG)
        error.code = Errc::InvalidArgument;
    return error;
}

Error ownerError(int number, const std::string& path, const EntryMeta& meta)
{
    if (number != EINVAL)
        return entryError(number, path, "set owner");
    return makeError(Errc::Forbidden,
        "entry '" + shownName(path) + "' belongs to " + std::to_string(meta.uid) + ":"
            + std::to_string(meta.gid)
            + ", which is outside this user's subordinate ids; a larger range in /etc/subuid and "
              "/etc/subgid helps");
}

Result<void> setOwnerAt(
    const Fd& parent, const std::string& name, const std::string& path, const EntryMeta& meta)
{
    if (::fchownat(parent.get(), name.c_str(), meta.uid, meta.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return ownerError(errno, path, meta);
    return success();
}

// A capability belongs to the file and must arrive; the other attributes are worth having where the
// file system takes them.
Result<void> setXattrs(const std::string& procOrFd, const std::string& path, const EntryMeta& meta)
{
    for (const auto& [name, value] : meta.xattrs) {
        if (::setxattr(procOrFd.c_str(), name.c_str(), value.data(), value.size(), 0) == 0)
            continue;
        if (name == "security.capability")
            return entryError(errno, path, "set file capabilities");
    }
    return success();
}

} // namespace

Result<Fd> LayerDirectory::openOrMakeDirectories(const std::string& path)
{
    auto opened = openInRoot(m_root, path, O_RDONLY | O_DIRECTORY);
    if (opened || opened.error().sysErrno != ENOENT)
        return opened;
    const auto [parentPath, name] = splitPath(path);
    Fd parent;
    if (parentPath.empty()) {
        PL_TRY(parent, openInRoot(m_root, ".", O_RDONLY | O_DIRECTORY));
    } else {
        PL_TRY(parent, openOrMakeDirectories(parentPath));
    }
    // EEXIST: a link that leads nowhere stands there; the open below then says so.
    if (::mkdirat(parent.get(), name.c_str(), kImplicitDirMode) == 0) {
        if (::fchmodat(parent.get(), name.c_str(), kImplicitDirMode, 0) != 0)
            return errnoError(errno, "set mode of '" + name + "'");
    } else if (errno != EEXIST) {
        return errnoError(errno, "make directory '" + name + "'");
    }
    return openInRoot(m_root, path, O_RDONLY | O_DIRECTORY);
}

Result<const Fd*> LayerDirectory::parentOf(const std::string& path)
{
    const std::string parent = splitPath(path).parent;
    if (m_cachedParent.isOpen() && parent == m_cachedPath)
        return &m_cachedParent;
    auto opened = parent.empty() ? openInRoot(m_root, ".", O_RDONLY | O_DIRECTORY)
                                 : openOrMakeDirectories(parent);
    if (!opened)
        return entryError(opened.error().sysErrno, path, "open its directory");
    m_cachedParent = std::move(opened).value();
    m_cachedPath = parent;
    return &m_cachedParent;
}

Result<bool> LayerDirectory::clear(const Fd& parent, const std::string& name)
{
    struct stat info {};
    if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "look at '" + name + "'");
    PL_TRY(removeTree(procPath(parent) + "/" + name));
    if (S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode))
        m_cachedParent.reset(); // a remembered path may have led through it
    return S_ISCHR(info.st_mode) && info.st_rdev == 0;
}

template <class Make>
Result<void> LayerDirectory::replacing(const std::string& path, const char* what, Make make)
{
    const std::string name = splitPath(path).name;
    PL_TRY(const Fd* parent, parentOf(path));
    if (make(*parent, name) == 0)
        return success();
    if (errno != EEXIST)
        return entryError(errno, path, what);
    PL_TRY(clear(*parent, name));
    PL_TRY(parent, parentOf(path));
    if (make(*parent, name) != 0)
        return entryError(errno, path, what);
    return success();
}

Result<void> LayerDirectory::makeDirectory(const std::string& path, const EntryMeta& meta)
{
    Fd dir;
    bool wasWhiteout = false;
    if (path.empty()) {
        PL_TRY(dir, openInRoot(m_root, ".", O_RDONLY | O_DIRECTORY));
    } else {
        const std::string name = splitPath(path).name;
        PL_TRY(const Fd* parent, parentOf(path));
        if (::mkdirat(parent->get(), name.c_str(), 0700) != 0) {
            if (errno != EEXIST)
                return entryError(errno, path, "make directory");
            struct stat info {};
            if (::fstatat(parent->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
                return entryError(errno, path, "look at it");
            if (!S_ISDIR(info.st_mode)) {
                PL_TRY(wasWhiteout, clear(*parent, name));
                PL_TRY(parent, parentOf(path));
                if (::mkdirat(parent->get(), name.c_str(), 0700) != 0)
                    return entryError(errno, path, "make directory");
            }
        }
        PL_TRY(dir, openBeneath(*parent, name, O_RDONLY | O_DIRECTORY));
    }
    if (::fchown(dir.get(), meta.uid, meta.gid) != 0)
        return ownerError(errno, path, meta);
    if (::fchmod(dir.get(), meta.mode) != 0)
        return entryError(errno, path, "set mode");
    PL_TRY(setXattrs(procPath(dir), path, meta));
    m_directoryTimes.emplace_back(path, std::pair(meta.accessed, meta.modified));
    return wasWhiteout ? makeOpaque(path) : success();
}

Result<Fd> LayerDirectory::makeFile(const std::string& path)
{
    int raw = -1;
    PL_TRY(replacing(path, "make file", [&raw](const Fd& parent, const std::string& name) {
        raw = ::openat(
            parent.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        return raw < 0 ? -1 : 0;
    }));
    return Fd(raw);
}

Result<void> LayerDirectory::finishFile(
    const Fd& file, const std::string& path, const EntryMeta& meta)
{
    // Owner first: changing it clears set-id bits and capabilities.
    if (::fchown(file.get(), meta.uid, meta.gid) != 0)
        return ownerError(errno, path, meta);
    if (::fchmod(file.get(), meta.mode) != 0)
        return entryError(errno, path, "set mode");
    if (!meta.xattrs.empty()) {
        PL_TRY(setXattrs(procPath(file), path, meta));
    }
    const timespec times[2] { meta.accessed, meta.modified };
    if (::futimens(file.get(), times) != 0)
        return entryError(errno, path, "set times");
    return success();
}

Result<void> LayerDirectory::makeSymlink(
    const std::string& path, const std::string& target, const EntryMeta& meta)
{
    PL_TRY(replacing(path, "make symbolic link", [&](const Fd& parent, const std::string& name) {
        return ::symlinkat(target.c_str(), parent.get(), name.c_str());
    }));
    PL_TRY(const Fd* parent, parentOf(path));
    const std::string name = splitPath(path).name;
    PL_TRY(setOwnerAt(*parent, name, path, meta));
    const timespec times[2] { meta.accessed, meta.modified };
    if (::utimensat(parent->get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
        return entryError(errno, path, "set times");
    return success();
}

Result<void> LayerDirectory::makeHardLink(const std::string& path, const std::string& target)
{
    if (path == target)
        return success();
    const auto [targetParent, targetName] = splitPath(target);
    auto opened =
        openInRoot(m_root, targetParent.empty() ? "." : targetParent, O_RDONLY | O_DIRECTORY);
    struct stat info {};
    if (!opened
        || ::fstatat(opened.value().get(), targetName.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return makeError(Errc::InvalidArgument,
            "entry '" + shownName(path) + "': hard link to '" + shownName(target)
                + "', which is not in this layer");
    if (S_ISDIR(info.st_mode))
        return makeError(Errc::InvalidArgument,
            "entry '" + shownName(path) + "': hard link to the directory '" + shownName(target)
                + "'");
    return replacing(path, "make hard link", [&](const Fd& parent, const std::string& name) {
        return ::linkat(opened.value().get(), targetName.c_str(), parent.get(), name.c_str(), 0);
    });
}

Result<void> LayerDirectory::makeNode(
    const std::string& path, mode_t typeAndMode, dev_t device, const EntryMeta& meta)
{
    PL_TRY(replacing(path, "make device or pipe", [&](const Fd& parent, const std::string& name) {
        return ::mknodat(parent.get(), name.c_str(), typeAndMode, device);
    }));
    PL_TRY(const Fd* parent, parentOf(path));
    const std::string name = splitPath(path).name;
    PL_TRY(setOwnerAt(*parent, name, path, meta));
    // What was just made is no symlink, and nobody else writes here.
    if (::fchmodat(parent->get(), name.c_str(), meta.mode, 0) != 0)
        return entryError(errno, path, "set mode");
    const timespec times[2] { meta.accessed, meta.modified };
    if (::utimensat(parent->get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
        return entryError(errno, path, "set times");
    return success();
}

Result<void> LayerDirectory::makeWhiteout(const std::string& path)
{
    const std::string name = splitPath(path).name;
    PL_TRY(const Fd* parent, parentOf(path));
    if (::mknodat(parent->get(), name.c_str(), S_IFCHR, 0) == 0)
        return success();
    if (errno != EEXIST)
        return entryError(errno, path, "make whiteout");
    struct stat info {};
    if (::fstatat(parent->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return entryError(errno, path, "look at it");
    return S_ISDIR(info.st_mode) ? makeOpaque(path) : success();
}

Result<void> LayerDirectory::makeOpaque(const std::string& path)
{
    auto dir = path.empty() ? openInRoot(m_root, ".", O_RDONLY | O_DIRECTORY)
                            : openOrMakeDirectories(path);
    if (!dir)
        return entryError(dir.error().sysErrno, path, "open directory");
    if (::fsetxattr(dir.value().get(), opaqueXattr(), "y", 1, 0) != 0)
        return entryError(errno, path, "mark directory opaque");
    return success();
}

Result<void> LayerDirectory::finish()
{
    m_cachedParent.reset();
    // Children after their parents in the list would change nothing: only contents touch a
    // directory's time, not its children's attributes.
    for (const auto& [path, times] : m_directoryTimes) {
        const auto dir = openBeneath(m_root, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
        if (!dir)
            continue; // replaced by a later entry
        const timespec both[2] { times.first, times.second };
        if (::futimens(dir.value().get(), both) != 0)
            return entryError(errno, path, "set times");
    }
    return success();
}

} // namespace portlight::image
