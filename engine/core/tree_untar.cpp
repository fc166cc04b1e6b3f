#include "engine/core/tree_untar.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"
#include "engine/image/decompress.h"
#include "engine/runtime/root_paths.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace portlight::core {

namespace {

/// Parent directory and last part of an entry's path, both inside of the root.
struct Place {
    std::string directory;
    std::string name; ///< empty: the base itself
};

Result<Place> placeOf(const std::string& base, const std::string& path)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (from <= path.size()) {
        const auto slash = std::min(path.find('/', from), path.size());
        const std::string part = path.substr(from, slash - from);
        from = slash + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..")
            return makeError(Errc::InvalidArgument,
                "the archive has an entry that leads out of it: '" + path.substr(0, 256) + "'");
        parts.push_back(part);
    }
    Place place { base, {} };
    if (parts.empty())
        return place;
    place.name = parts.back();
    parts.pop_back();
    for (const auto& part : parts)
        place.directory += "/" + part;
    return place;
}

class Unpacker {
public:
    Unpacker(const Fd& root, const UntarOptions& options)
        : m_root(root)
        , m_options(options)
    {
    }

    /// What is put into a directory changes its time: those of the archive's come last.
    void finishDirectories()
    {
        for (auto at = m_directoryTimes.rbegin(); at != m_directoryTimes.rend(); ++at) {
            const timespec times[] { at->second, at->second };
            if (const auto directory = openInRoot(m_root, at->first, O_RDONLY | O_DIRECTORY))
                ::futimens(directory.value().get(), times);
        }
    }

    Result<void> add(image::ArchiveHandle& tar, archive_entry* entry)
    {
        const char* path = ::archive_entry_pathname(entry);
        if (path == nullptr)
            return makeError(Errc::InvalidArgument, "the archive has an entry without a name");
        PL_TRY(const auto place, placeOf(m_options.base, path));
        const bool isOurs = !place.name.empty() || m_options.changesBase;
        if (isOurs && ::archive_entry_filetype(entry) == AE_IFDIR
            && ::archive_entry_mtime_is_set(entry) != 0)
            m_directoryTimes.emplace_back(place.directory + "/" + place.name,
                timespec { ::archive_entry_mtime(entry), ::archive_entry_mtime_nsec(entry) });
        if (place.name.empty()) {
            if (!m_options.changesBase || ::archive_entry_filetype(entry) != AE_IFDIR)
                return success(); // the base is there, and is not the archive's to change
            PL_TRY(const auto base, openInRoot(m_root, m_options.base, O_RDONLY | O_DIRECTORY));
            return finish(entry, base);
        }
        PL_TRY(auto parentPath,
            runtime::ensureInRoot(m_root, place.directory, runtime::PathKind::Directory));
        PL_TRY(const auto parent, openAt(parentPath, ".", O_RDONLY | O_DIRECTORY));
        auto made = make(tar, entry, parent, place.name);
        return made ? std::move(made)
                    : Result<void>(withContext(made.error(), "unpack '" + std::string(path) + "'"));
    }

private:
    Result<void> make(
        image::ArchiveHandle& tar, archive_entry* entry, const Fd& parent, const std::string& name)
    {
        const mode_t type = ::archive_entry_filetype(entry);
        if (type == AE_IFDIR)
            return makeDirectory(entry, parent, name);
        PL_TRY(clear(parent, name));
        if (const char* target = ::archive_entry_hardlink(entry))
            return makeHardLink(parent, name, target);
        if (type == AE_IFLNK) {
            const char* target = ::archive_entry_symlink(entry);
            if (target == nullptr || ::symlinkat(target, parent.get(), name.c_str()) != 0)
                return errnoError(target == nullptr ? EINVAL : errno, "make a link");
            return setOwner(entry, parent, name);
        }
        if (type != AE_IFREG) {
            if (::mknodat(parent.get(), name.c_str(), ::archive_entry_mode(entry),
                    ::archive_entry_rdev(entry))
                != 0)
                return errnoError(errno, "make a device or pipe");
            PL_TRY(setOwner(entry, parent, name));
            return success();
        }
        PL_TRY(
            const auto file, openAt(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
        PL_TRY(writeData(tar, file));
        return finish(entry, file);
    }

    /// Removes what is at @p name, unless it is a directory.
    Result<void> clear(const Fd& parent, const std::string& name) const
    {
        struct stat info {};
        if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? Result<void>(success()) : errnoError(errno, "look at it");
        if (S_ISDIR(info.st_mode))
            return makeError(Errc::InvalidArgument,
                "cannot overwrite directory \"" + name + "\" with non-directory");
        if (isMountPoint(parent, name))
            return errnoError(EBUSY, "replace what is there: it is a mount point");
        if (::unlinkat(parent.get(), name.c_str(), 0) != 0 && errno != ENOENT)
            return errnoError(errno, "replace what is there");
        return success();
    }

    Result<void> makeDirectory(
        archive_entry* entry, const Fd& parent, const std::string& name) const
    {
        struct stat info {};
        const bool isThere = ::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
        if (isThere && !S_ISDIR(info.st_mode)) {
            if (m_options.keepsKinds)
                return makeError(Errc::InvalidArgument,
                    "cannot overwrite non-directory \"" + name + "\" with directory");
            if (::unlinkat(parent.get(), name.c_str(), 0) != 0)
                return errnoError(errno, "replace what is there");
        }
        if (::mkdirat(parent.get(), name.c_str(), 0700) != 0 && errno != EEXIST)
            return errnoError(errno, "make a directory");
        PL_TRY(const auto directory, openAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        return finish(entry, directory);
    }

    /// A name for what an earlier entry made; links of the kind that lead elsewhere are not
    /// followed.
    Result<void> makeHardLink(
        const Fd& parent, const std::string& name, const std::string& target) const
    {
        PL_TRY(const auto place, placeOf(m_options.base, target));
        PL_TRY(const auto directory, openInRoot(m_root, place.directory, O_PATH | O_DIRECTORY));
        if (::linkat(directory.get(), place.name.c_str(), parent.get(), name.c_str(), 0) != 0)
            return errnoError(errno, "link to '" + target + "'");
        return success();
    }

    static Result<void> writeData(image::ArchiveHandle& tar, const Fd& file)
    {
        for (;;) {
            PL_TRY(const auto piece, tar.nextPiece());
            if (piece.data == nullptr)
                return success();
            std::size_t done = 0;
            while (done < piece.size) {
                const ssize_t put = ::pwrite(file.get(), piece.data + done, piece.size - done,
                    piece.offset + static_cast<off_t>(done));
                if (put < 0 && errno != EINTR)
                    return errnoError(errno, "write");
                done += put < 0 ? 0 : static_cast<std::size_t>(put);
            }
        }
    }

    std::pair<uid_t, gid_t> ownerOf(archive_entry* entry) const
    {
        return m_options.owner.value_or(std::pair(static_cast<uid_t>(::archive_entry_uid(entry)),
            static_cast<gid_t>(::archive_entry_gid(entry))));
    }

    Result<void> setOwner(archive_entry* entry, const Fd& parent, const std::string& name) const
    {
        const auto [uid, gid] = ownerOf(entry);
        if (::fchownat(parent.get(), name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0
            && errno != EINVAL) // an id that this user namespace does not have
            return errnoError(errno, "set the owner");
        if (::archive_entry_mtime_is_set(entry) != 0) {
            const timespec time { ::archive_entry_mtime(entry), ::archive_entry_mtime_nsec(entry) };
            const timespec times[] { time, time };
            ::utimensat(parent.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW);
        }
        return success();
    }

    Result<void> finish(archive_entry* entry, const Fd& opened) const
    {
        const auto [uid, gid] = ownerOf(entry);
        if (::fchown(opened.get(), uid, gid) != 0 && errno != EINVAL)
            return errnoError(errno, "set the owner");
        const auto size = ::archive_entry_size_is_set(entry) != 0 ? ::archive_entry_size(entry) : 0;
        struct stat info {};
        if (::fstat(opened.get(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size < size
            && ::ftruncate(opened.get(), size) != 0)
            return errnoError(errno, "set the size"); // a hole at the end
        if (::fchmod(opened.get(), ::archive_entry_perm(entry) & 07777) != 0)
            return errnoError(errno, "set the mode");
        ::archive_entry_xattr_reset(entry);
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t length = 0;
        while (::archive_entry_xattr_next(entry, &name, &value, &length) == ARCHIVE_OK) {
            const std::string text = name;
            if (text == "security.capability"
                || (text.starts_with("user.") && !text.starts_with("user.overlay.")))
                ::fsetxattr(opened.get(), name, value, length, 0);
        }
        if (::archive_entry_mtime_is_set(entry) != 0) {
            const timespec time { ::archive_entry_mtime(entry), ::archive_entry_mtime_nsec(entry) };
            const timespec times[] { time, time };
            ::futimens(opened.get(), times);
        }
        return success();
    }

    const Fd& m_root;
    const UntarOptions& m_options;
    std::vector<std::pair<std::string, timespec>> m_directoryTimes;
};

} // namespace

Result<void> untarInRoot(const Fd& root, Fd stream, const UntarOptions& options)
{
    const image::Utf8Locale locale;
    auto file = std::make_unique<image::FileSource>(std::move(stream), "the archive");
    const auto plain = image::decompress(std::move(file));
    PL_TRY(const auto tar, image::openTar(*plain));
    Unpacker unpacker(root, options);
    for (;;) {
        PL_TRY(archive_entry* const entry, tar->nextEntry());
        if (entry == nullptr) {
            unpacker.finishDirectories();
            return success();
        }
        PL_TRY(unpacker.add(*tar, entry));
    }
}

} // namespace portlight::core
