#include "engine/image/archive_reader.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"
#include "engine/image/content_store.h"
#include "engine/image/decompress.h"
#include "engine/image/entry_path.h"
#include "engine/image/member_writer.h"
#include "engine/image/system_image.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <optional>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxDocumentBytes = 8U << 20U;
constexpr std::int64_t kSmallBytes = 64 << 10;
constexpr int kMaxLinkDepth = 16;
constexpr std::int64_t kMaxKeptBytes = 4 << 20; ///< of a member, when inspecting
constexpr std::size_t kHeadBytes = 8;

std::string tooLarge(const ReadLimits& limits)
{
    return "it holds more than the " + std::to_string(limits.maxBytes) + " bytes that are free";
}

Error cancelled()
{
    return makeError(Errc::Cancelled, "cancelled");
}

/// The digest that a member's name claims: "blobs/sha256/<hex>", "<hex>.tar", "<hex>.json".
std::optional<Digest> claimedDigest(const std::string& path)
{
    std::string base = splitPath(path).name;
    for (const std::string_view suffix : { ".tar", ".json" })
        if (base.ends_with(suffix))
            base.resize(base.size() - suffix.size());
    auto digest = Digest::parse("sha256:" + base);
    if (!digest)
        return std::nullopt;
    return std::move(digest).value();
}

} // namespace

ArchiveReader::ArchiveReader(std::string directory, std::string shownName)
    : m_directory(std::move(directory))
    , m_shownName(std::move(shownName))
{
}

Result<ArchiveReader> ArchiveReader::read(std::unique_ptr<ByteSource> archive,
    const std::string& directory, const std::string& shownName, const ReadLimits& limits)
{
    const Utf8Locale locale;
    ArchiveReader reader(directory, shownName);
    Compression compression = Compression::None;
    reader.m_fallback = limits.fallback;
    const auto tar = readAhead(decompress(std::move(archive), &compression));
    auto done = reader.readAll(*tar, limits);
    reader.m_compression = compression;
    if (done)
        return reader;
    Error error = std::move(done).error();
    if (error.message == "Unrecognized archive format")
        error.message = "not an image archive: no tar file, plain or compressed";
    error.message = "'" + shownName + "': " + error.message;
    return error;
}

Result<void> ArchiveReader::readAll(ByteSource& tar, const ReadLimits& limits)
{
    PL_TRY(const auto archive, openTar(tar));
    std::int64_t total = 0;
    std::int64_t count = 0;
    std::unique_ptr<SystemLayerWriter> systemLayer;
    for (;;) {
        PL_TRY(archive_entry * entry, archive->nextEntry());
        if (entry == nullptr)
            return systemLayer ? addSystemLayer(*systemLayer, limits) : success();
        if (++count > limits.maxMembers)
            return makeError(Errc::InvalidArgument,
                "more than " + std::to_string(limits.maxMembers) + " members");
        const char* rawName = archive_entry_pathname(entry);
        if (rawName == nullptr)
            return makeError(
                Errc::InvalidArgument, "member " + std::to_string(count) + " has no usable name");
        PL_TRY(auto path, entryPath(rawName));
        if (SystemLayerWriter::takes(path)) {
            if (limits.isCancelled != nullptr && limits.isCancelled->load())
                return cancelled();
            if (!systemLayer) {
                PL_TRY(systemLayer, makeSystemLayer(limits));
            }
            PL_TRY(systemLayer->add(*archive, entry, path));
            if (total + systemLayer->bytes() > limits.maxBytes)
                return makeError(Errc::InvalidArgument, tooLarge(limits));
            continue;
        }
        if (const char* target = archive_entry_hardlink(entry)) {
            PL_TRY(addLink(path, target));
            continue;
        }
        if (archive_entry_filetype(entry) == AE_IFLNK) {
            const char* target = archive_entry_symlink(entry);
            const std::string parent = splitPath(path).parent;
            PL_TRY(addLink(path, parent + "/" + (target != nullptr ? target : "")));
            continue;
        }
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        // What the store has is hashed, but not written a second time.
        const std::string stored = storedFile(path, archive_entry_size(entry));
        const bool isKept =
            stored.empty() && (!limits.isInspecting || archive_entry_size(entry) <= kMaxKeptBytes);
        const std::string file = isKept ? m_directory + "/" + std::to_string(count) : stored;
        Fd opened;
        std::string head;
        if (isKept) {
            PL_TRY(opened, openFile(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
        }
        MemberWriter writer(std::move(opened), archive_entry_size(entry));
        for (;;) {
            if (limits.isCancelled != nullptr && limits.isCancelled->load())
                return cancelled();
            auto block = std::make_shared<std::string>();
            block->resize(kBlockBytes);
            auto got = archive->readData(block->data(), block->size());
            if (!got)
                return withContext(got.error(), "member '" + shownName(path) + "'");
            if (got.value() == 0)
                break;
            block->resize(got.value());
            if (head.size() < kHeadBytes)
                head.append(*block, 0, kHeadBytes - head.size());
            total += static_cast<std::int64_t>(got.value());
            if (total > limits.maxBytes)
                return makeError(Errc::InvalidArgument, tooLarge(limits));
            PL_TRY(writer.write(std::move(block)));
        }
        const std::int64_t bytes = writer.bytes();
        Digest digest = writer.finish();
        if (!stored.empty() && claimedDigest(path) != digest)
            return makeError(Errc::InvalidArgument,
                "member '" + shownName(path) + "': digest mismatch: expected "
                    + claimedDigest(path)->text() + ", actual " + digest.text());
        const auto known = m_members.find(path);
        if (m_links.contains(path) || (known != m_members.end() && known->second.digest != digest))
            return makeError(Errc::InvalidArgument,
                "member '" + shownName(path) + "' is there twice with different content");
        m_byDigest.insert_or_assign(digest, path);
        m_bytes += bytes;
        ArchiveMember member { path, file, std::move(digest), bytes, std::move(head) };
        m_members.emplace(std::move(path), std::move(member));
    }
}

Result<std::unique_ptr<SystemLayerWriter>> ArchiveReader::makeSystemLayer(
    const ReadLimits& limits) const
{
    Fd file;
    if (!limits.isInspecting) {
        PL_TRY(file,
            openFile(m_directory + "/rootfs", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    }
    return SystemLayerWriter::create(std::move(file));
}

Result<void> ArchiveReader::addSystemLayer(SystemLayerWriter& layer, const ReadLimits& limits)
{
    PL_TRY(auto digest, layer.finish());
    const std::string path(kSystemLayer);
    if (m_members.contains(path) || m_links.contains(path))
        return makeError(Errc::InvalidArgument, "member '" + path + "' stands in for another");
    m_byDigest.insert_or_assign(digest, path);
    m_bytes += layer.bytes();
    m_members.emplace(path,
        ArchiveMember { path, limits.isInspecting ? std::string() : m_directory + "/rootfs",
            std::move(digest), layer.bytes(), {} });
    return success();
}

// Only for large members: small ones cost nothing, and their names are checked by who reads them.
std::string ArchiveReader::storedFile(const std::string& path, std::int64_t sizeBytes) const
{
    if (m_fallback == nullptr || sizeBytes <= kSmallBytes)
        return {};
    const auto claimed = claimedDigest(path);
    if (!claimed)
        return {};
    const auto size = m_fallback->sizeBytes(*claimed);
    return size && size.value() == sizeBytes ? m_fallback->path(*claimed) : std::string();
}

// "../<id>/layer.tar" is how old docker archives share a layer: resolved inside the archive.
Result<void> ArchiveReader::addLink(const std::string& path, const std::string& target)
{
    std::string resolved;
    for (std::size_t start = 0; start <= target.size();) {
        const std::size_t end = std::min(target.find('/', start), target.size());
        const std::string part = target.substr(start, end - start);
        start = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..") {
            if (resolved.empty())
                return makeError(Errc::InvalidArgument,
                    "member '" + shownName(path) + "' is a link out of the archive, to '"
                        + shownName(target) + "'");
            resolved = splitPath(resolved).parent;
            continue;
        }
        resolved += resolved.empty() ? part : "/" + part;
    }
    if (m_members.contains(path) || m_links.emplace(path, resolved).first->second != resolved)
        return makeError(Errc::InvalidArgument,
            "member '" + shownName(path) + "' is there twice with different content");
    return success();
}

const ArchiveMember* ArchiveReader::find(const std::string& path) const
{
    std::string at = path;
    for (int depth = 0; depth < kMaxLinkDepth; ++depth) {
        if (const auto found = m_members.find(at); found != m_members.end())
            return &found->second;
        const auto link = m_links.find(at);
        if (link == m_links.end())
            return findElsewhere(at);
        at = link->second;
    }
    return nullptr;
}

// A delta archive leaves out layers that its receiver has.
const ArchiveMember* ArchiveReader::findElsewhere(const std::string& path) const
{
    constexpr std::string_view kBlobs = "blobs/sha256/";
    if (m_fallback == nullptr || !path.starts_with(kBlobs))
        return nullptr;
    const auto digest = Digest::parse("sha256:" + path.substr(kBlobs.size()));
    if (!digest)
        return nullptr;
    const auto size = m_fallback->sizeBytes(digest.value());
    if (!size)
        return nullptr;
    ArchiveMember member { path, m_fallback->path(digest.value()), digest.value(), size.value(),
        {} };
    if (const auto file = m_fallback->open(digest.value())) {
        member.head.resize(kHeadBytes);
        const ssize_t got = ::pread(file.value().get(), member.head.data(), kHeadBytes, 0);
        member.head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    return &m_elsewhere.insert_or_assign(path, std::move(member)).first->second;
}

const ArchiveMember* ArchiveReader::find(const Digest& digest) const
{
    const auto found = m_byDigest.find(digest);
    return found == m_byDigest.end() ? nullptr : &m_members.at(found->second);
}

std::vector<std::string> ArchiveReader::paths() const
{
    std::vector<std::string> paths;
    for (const auto& [path, member] : m_members)
        paths.push_back(path);
    return paths;
}

Result<const ArchiveMember*> ArchiveReader::addMade(const std::string& bytes) const
{
    const Digest digest = Digest::of(bytes);
    const std::string file = m_directory + "/made-" + std::string(digest.hex());
    PL_TRY(const auto opened, openFile(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
    PL_TRY(writeAll(opened, bytes));
    ArchiveMember member { "made/" + digest.text(), file, digest,
        static_cast<std::int64_t>(bytes.size()), {} };
    const std::string key = member.path;
    return &m_elsewhere.insert_or_assign(key, std::move(member)).first->second;
}

Result<std::string> ArchiveReader::text(const std::string& path) const
{
    const ArchiveMember* member = find(path);
    if (member == nullptr)
        return makeError(
            Errc::NotFound, "'" + m_shownName + "' has no member '" + shownName(path) + "'");
    return text(*member);
}

Result<std::string> ArchiveReader::text(const ArchiveMember& member) const
{
    if (member.sizeBytes > static_cast<std::int64_t>(kMaxDocumentBytes))
        return makeError(Errc::InvalidArgument,
            "'" + m_shownName + "': member '" + shownName(member.path) + "' is "
                + std::to_string(member.sizeBytes)
                + " bytes, too large for an image's JSON (8 MB)");
    if (member.file.empty())
        return makeError(Errc::InvalidArgument,
            "'" + m_shownName + "': member '" + shownName(member.path) + "' is "
                + std::to_string(member.sizeBytes) + " bytes, too large for an image's JSON");
    return readFile(member.file, kMaxDocumentBytes);
}

Result<Json> ArchiveReader::json(const std::string& path) const
{
    PL_TRY(const auto bytes, text(path));
    auto parsed = parseJson(bytes);
    if (!parsed)
        return withContext(
            parsed.error(), "'" + m_shownName + "': member '" + shownName(path) + "'");
    return parsed;
}

} // namespace portlight::image
