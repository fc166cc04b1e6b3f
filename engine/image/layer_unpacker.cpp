#include "engine/image/layer_unpacker.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"
#include "engine/image/entry_path.h"
#include "engine/image/layer_directory.h"
#include "engine/image/write_behind.h"

#include <archive.h>
#include <archive_entry.h>

#include <sys/sysmacros.h>

#include <cerrno>
#include <limits>
#include <optional>

namespace portlight::image {

namespace {

constexpr std::string_view kWhiteoutPrefix = ".wh.";
constexpr std::string_view kWhiteoutMetaPrefix = ".wh..wh.";
constexpr std::string_view kOpaqueMarker = ".wh..wh..opq";
constexpr std::size_t kMaxNotes = 20;

/// Counts what a stream gives and ends it at a bound: a few kilobytes can inflate to terabytes.
class BoundedSource final : public ByteSource {
public:
    BoundedSource(ByteSource& inner, const UnpackOptions& options)
        : m_inner(inner)
        , m_options(options)
    {
    }
    Result<Block> next() override
    {
        if (m_options.isCancelled != nullptr && m_options.isCancelled->load())
            return makeError(Errc::Cancelled, "cancelled");
        auto block = m_inner.next();
        if (block)
            m_bytes += static_cast<std::int64_t>(block.value()->size());
        if (m_bytes > m_options.maxBytes)
            return makeError(Errc::InvalidArgument,
                "the layer unpacks to more than the " + std::to_string(m_options.maxBytes)
                    + " bytes that are free");
        return block;
    }

private:
    ByteSource& m_inner;
    const UnpackOptions& m_options;
    std::int64_t m_bytes = 0;
};

bool isOverlayXattr(std::string_view name)
{
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

class Unpacker {
public:
    Unpacker(ArchiveHandle& tar, const Fd& root, const UnpackOptions& options)
        : m_tar(tar)
        , m_directory(root)
        , m_options(options)
    {
    }

    Result<UnpackedLayer> run()
    {
        for (;;) {
            PL_TRY(archive_entry * entry, m_tar.nextEntry());
            if (entry == nullptr)
                break;
            if (++m_layer.entries > m_options.maxEntries)
                return makeError(Errc::InvalidArgument,
                    "the layer has more than " + std::to_string(m_options.maxEntries) + " entries");
            PL_TRY(unpack(entry));
        }
        PL_TRY(m_directory.finish());
        return std::move(m_layer);
    }

private:
    Result<void> unpack(archive_entry* entry)
    {
        const char* rawName = archive_entry_pathname(entry);
        if (rawName == nullptr || *rawName == 0)
            return makeError(Errc::InvalidArgument,
                "entry " + std::to_string(m_layer.entries) + " has no usable name");
        PL_TRY(const auto path, entryPath(rawName));
        const std::string name = splitPath(path).name;
        if (name.starts_with(kWhiteoutPrefix))
            return unpackWhiteout(path, name);
        if (const char* target = archive_entry_hardlink(entry))
            return unpackHardLink(path, target);
        PL_TRY(const auto meta, metaOf(entry, path));
        const mode_t type = archive_entry_filetype(entry);
        if (path.empty() && type != AE_IFDIR)
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(rawName) + "' would replace the layer's root directory");
        switch (type) {
        case AE_IFDIR:
            return m_directory.makeDirectory(path, meta);
        case AE_IFREG:
            return unpackFile(entry, path, meta);
        case AE_IFLNK:
            return unpackSymlink(entry, path, meta);
        case AE_IFIFO:
            return m_directory.makeNode(path, S_IFIFO | 0600, 0, meta);
        case AE_IFCHR:
        case AE_IFBLK:
            return unpackDevice(entry, path, type, meta);
        default:
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "' is of a kind that layers do not have");
        }
    }

    Result<void> unpackWhiteout(const std::string& path, const std::string& name)
    {
        const std::string parent = splitPath(path).parent;
        if (name == kOpaqueMarker)
            return m_directory.makeOpaque(parent);
        if (name.starts_with(kWhiteoutMetaPrefix))
            return success(); // aufs' own records (.wh..wh.plnk): no file of the image
        const std::string hidden = name.substr(kWhiteoutPrefix.size());
        if (hidden.empty() || hidden == "." || hidden == "..")
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "' is a whiteout of '" + hidden + "'");
        return m_directory.makeWhiteout(parent.empty() ? hidden : parent + "/" + hidden);
    }

    Result<void> unpackHardLink(const std::string& path, const std::string& rawTarget)
    {
        auto target = entryPath(rawTarget);
        if (!target)
            return withContext(target.error(), "entry '" + shownName(path) + "': hard link");
        if (path.empty() || target.value().empty())
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "': hard link to or from the root directory");
        return m_directory.makeHardLink(path, target.value());
    }

    Result<void> unpackSymlink(archive_entry* entry, const std::string& path, const EntryMeta& meta)
    {
        const char* target = archive_entry_symlink(entry);
        if (target == nullptr || *target == 0)
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "': symbolic link without a target");
        return m_directory.makeSymlink(path, target, meta);
    }

    Result<void> unpackDevice(
        archive_entry* entry, const std::string& path, mode_t type, const EntryMeta& meta)
    {
        const auto major = static_cast<unsigned>(archive_entry_rdevmajor(entry));
        const auto minor = static_cast<unsigned>(archive_entry_rdevminor(entry));
        if (type == AE_IFCHR && major == 0 && minor == 0)
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path)
                    + "' is a character device 0:0, which overlayfs takes for a whiteout");
        auto made = m_directory.makeNode(path, type | 0600, makedev(major, minor), meta);
        if (!made && made.error().sysErrno == EPERM && isInUserNamespace()) {
            note("device node '" + shownName(path) + "' left out: an ordinary user cannot make it");
            return success();
        }
        return made;
    }

    Result<void> unpackFile(archive_entry* entry, const std::string& path, const EntryMeta& meta)
    {
        const std::int64_t size = archive_entry_size(entry);
        if (size < 0 || size > INT64_MAX - m_layer.sizeBytes)
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "' has the impossible size " + std::to_string(size));
        PL_TRY(const auto file, m_directory.makeFile(path));
        WriteBehind writeBehind;
        std::int64_t end = 0;
        for (;;) {
            auto piece = m_tar.nextPiece();
            if (!piece)
                return withContext(piece.error(), "entry '" + shownName(path) + "'");
            if (piece.value().data == nullptr)
                break;
            PL_TRY(writePiece(file, piece.value(), path));
            end = piece.value().offset + static_cast<std::int64_t>(piece.value().size);
            writeBehind.wrote(file, piece.value().offset, end);
        }
        if (end < size && ::ftruncate(file.get(), size) != 0) { // a hole at the end
            Error error = errnoError(
                errno, "entry '" + shownName(path) + "': set size " + std::to_string(size));
            error.code = Errc::InvalidArgument;
            return error;
        }
        m_layer.sizeBytes += std::max(size, end);
        return m_directory.finishFile(file, path, meta);
    }

    Result<void> writePiece(
        const Fd& file, const ArchiveHandle::Piece& piece, const std::string& path) const
    {
        std::size_t done = 0;
        while (done < piece.size) {
            const ssize_t put = ::pwrite(file.get(), piece.data + done, piece.size - done,
                piece.offset + static_cast<off_t>(done));
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return errnoError(errno, "entry '" + shownName(path) + "': write");
            done += static_cast<std::size_t>(put);
        }
        return success();
    }

    Result<EntryMeta> metaOf(archive_entry* entry, const std::string& path) const
    {
        const std::int64_t uid = archive_entry_uid(entry);
        const std::int64_t gid = archive_entry_gid(entry);
        constexpr std::int64_t kMaxId = std::numeric_limits<uid_t>::max() - 1LL;
        if (uid < 0 || uid > kMaxId || gid < 0 || gid > kMaxId)
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(path) + "' has the impossible owner " + std::to_string(uid)
                    + ":" + std::to_string(gid));
        EntryMeta meta;
        meta.uid = static_cast<uid_t>(uid);
        meta.gid = static_cast<gid_t>(gid);
        meta.mode = archive_entry_perm(entry);
        meta.modified = { archive_entry_mtime(entry), archive_entry_mtime_nsec(entry) };
        meta.accessed = archive_entry_atime_is_set(entry) != 0
            ? timespec { archive_entry_atime(entry), archive_entry_atime_nsec(entry) }
            : meta.modified;
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        archive_entry_xattr_reset(entry);
        while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
            if (name != nullptr && !isOverlayXattr(name))
                meta.xattrs.emplace_back(name, std::string(static_cast<const char*>(value), size));
        return meta;
    }

    void note(std::string text)
    {
        if (m_layer.notes.size() < kMaxNotes)
            m_layer.notes.push_back(std::move(text));
    }

    ArchiveHandle& m_tar;
    LayerDirectory m_directory;
    const UnpackOptions& m_options;
    UnpackedLayer m_layer;
};

} // namespace

bool isInUserNamespace()
{
    static const bool isInner = [] {
        const auto map = readFile("/proc/self/uid_map");
        if (!map)
            return false;
        unsigned long inside = 1;
        unsigned long outside = 1;
        unsigned long count = 0;
        const bool isRead =
            std::sscanf(map.value().c_str(), "%lu %lu %lu", &inside, &outside, &count) == 3;
        return !(isRead && inside == 0 && outside == 0 && count == 4294967295UL);
    }();
    return isInner;
}

const char* opaqueXattr()
{
    return isInUserNamespace() ? "user.overlay.opaque" : "trusted.overlay.opaque";
}

Result<UnpackedLayer> unpackLayer(ByteSource& tar, const Fd& root, const UnpackOptions& options)
{
    const Utf8Locale locale;
    BoundedSource bounded(tar, options);
    PL_TRY(const auto archive, openTar(bounded));
    Unpacker unpacker(*archive, root, options);
    PL_TRY(auto layer, unpacker.run());
    for (;;) {
        PL_TRY(const auto block, bounded.next());
        if (block->empty())
            return std::move(layer);
    }
}

} // namespace portlight::image
