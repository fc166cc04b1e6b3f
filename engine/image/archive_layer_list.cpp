#include "engine/image/archive_layer_list.h"

#include "engine/image/archive_handle.h"
#include "engine/image/content_store.h"
#include "engine/image/decompress.h"
#include "engine/image/entry_path.h"

#include <archive.h>
#include <archive_entry.h>

namespace portlight::image {

namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kBlobs = "blobs/sha256/";
constexpr std::int64_t kMaxEntries = 10'000'000;

/// The data of the entry that @p outer stands at.
class EntrySource final : public ByteSource {
public:
    explicit EntrySource(ArchiveHandle& outer)
        : m_outer(outer)
    {
    }
    Result<Block> next() override
    {
        auto block = std::make_shared<std::string>();
        block->resize(kBlockBytes);
        PL_TRY(const std::size_t got, m_outer.readData(block->data(), block->size()));
        block->resize(got);
        return Block(std::move(block));
    }

private:
    ArchiveHandle& m_outer;
};

LayerEntry::Kind kindOf(archive_entry* entry)
{
    using enum LayerEntry::Kind;
    if (archive_entry_hardlink(entry) != nullptr)
        return HardLink;
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
        return Directory;
    case AE_IFLNK:
        return Symlink;
    case AE_IFIFO:
        return Fifo;
    case AE_IFCHR:
    case AE_IFBLK:
        return Device;
    default:
        return File;
    }
}

const char* orEmpty(const char* text)
{
    return text != nullptr ? text : "";
}

Result<LayerEntry> readEntry(archive_entry* entry)
{
    PL_TRY(const auto path, entryPath(orEmpty(archive_entry_pathname(entry))));
    LayerEntry read;
    read.kind = kindOf(entry);
    read.path = "/" + path;
    if (read.kind == LayerEntry::Kind::HardLink)
        read.target = orEmpty(archive_entry_hardlink(entry));
    else if (read.kind == LayerEntry::Kind::Symlink)
        read.target = orEmpty(archive_entry_symlink(entry));
    else if (read.kind == LayerEntry::Kind::File)
        read.sizeBytes = archive_entry_size(entry);
    read.mode = static_cast<std::uint32_t>(archive_entry_perm(entry));
    read.uid = archive_entry_uid(entry);
    read.gid = archive_entry_gid(entry);
    read.modifiedSeconds = archive_entry_mtime(entry);
    const SplitPath parts = splitPath(path);
    const std::string parent = parts.parent.empty() ? "/" : "/" + parts.parent;
    if (parts.name == kOpaque) {
        read.kind = LayerEntry::Kind::Opaque;
        read.path = parent;
    } else if (parts.name.starts_with(kWhiteout)) {
        read.kind = LayerEntry::Kind::Removed;
        read.path =
            (parts.parent.empty() ? "" : parent) + "/" + parts.name.substr(kWhiteout.size());
    }
    return read;
}

Result<LayerListing> listTar(
    std::unique_ptr<ByteSource> layer, std::size_t maxEntries, const std::atomic<bool>* isCancelled)
{
    const auto tar = decompress(std::move(layer));
    PL_TRY(const auto archive, openTar(*tar));
    LayerListing listing;
    for (;;) {
        if (isCancelled != nullptr && isCancelled->load())
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(archive_entry * entry, archive->nextEntry());
        if (entry == nullptr)
            return listing;
        if (++listing.count > kMaxEntries)
            return makeError(Errc::InvalidArgument, "the layer has too many entries");
        if (listing.entries.size() >= maxEntries)
            continue;
        PL_TRY(auto read, readEntry(entry));
        if (read.path != "/") // the root itself says nothing
            listing.entries.push_back(std::move(read));
    }
}

Result<LayerListing> listStored(const ContentStore& content, const std::string& memberPath,
    std::size_t maxEntries, const std::atomic<bool>* isCancelled)
{
    if (memberPath.starts_with(kBlobs)) {
        const auto digest = Digest::parse("sha256:" + memberPath.substr(kBlobs.size()));
        if (digest && content.has(digest.value())) {
            PL_TRY(auto file, content.open(digest.value()));
            return listTar(
                std::make_unique<FileSource>(std::move(file), memberPath), maxEntries, isCancelled);
        }
    }
    return makeError(Errc::NotFound, "there is no member '" + shownName(memberPath) + "'");
}

Result<LayerListing> list(std::unique_ptr<ByteSource> archive, const std::string& memberPath,
    const ContentStore& content, std::size_t maxEntries, const std::atomic<bool>* isCancelled)
{
    const Utf8Locale locale;
    const auto tar = decompress(std::move(archive));
    PL_TRY(const auto handle, openTar(*tar));
    for (;;) {
        if (isCancelled != nullptr && isCancelled->load())
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(archive_entry * entry, handle->nextEntry());
        if (entry == nullptr)
            return listStored(content, memberPath, maxEntries, isCancelled);
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
            continue;
        PL_TRY(const auto path, entryPath(orEmpty(archive_entry_pathname(entry))));
        if (path == memberPath)
            return listTar(std::make_unique<EntrySource>(*handle), maxEntries, isCancelled);
    }
}

} // namespace

Result<LayerListing> listArchivedLayer(std::unique_ptr<ByteSource> archive,
    const std::string& memberPath, const ContentStore& content, std::size_t maxEntries,
    const std::string& shownName, const std::atomic<bool>* isCancelled)
{
    auto listing = list(std::move(archive), memberPath, content, maxEntries, isCancelled);
    if (!listing)
        return withContext(listing.error(), "'" + shownName + "'");
    return listing;
}

} // namespace portlight::image
