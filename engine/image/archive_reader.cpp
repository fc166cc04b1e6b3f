#include "engine/image/archive_reader.h"

#include "engine/base/syscalls.h"
#include "engine/image/archive_handle.h"
#include "engine/image/content_store.h"
#include "engine/image/decompress.h"
#include "engine/image/entry_path.h"
#include "engine/image/hash_thread.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxDocumentBytes = 8U << 20U;
constexpr std::int64_t kSmallBytes = 64 << 10;
constexpr int kMaxLinkDepth = 16;
constexpr std::int64_t kMaxKeptBytes = 4 << 20; ///< of a member, when inspecting
constexpr std::size_t kHeadBytes = 8;

Error cancelled()
{
    return makeError(Errc::Cancelled, "cancelled");
}

/// Writes one member to a file and hashes it on the way. Large ones on two threads; for a small one
/// a thread would cost more than it saves.
class MemberWriter {
public:
    MemberWriter(Fd file, std::int64_t expectedBytes)
        : m_file(std::move(file))
    {
        if (expectedBytes > kSmallBytes)
            m_hashThread = std::make_unique<HashThread>();
    }

    Result<void> write(Block block)
    {
        m_bytes += static_cast<std::int64_t>(block->size());
        if (!m_hashThread)
            m_hasher.update(block->data(), block->size());
        else
            m_hashThread->update(block);
        return m_file.isOpen() ? writeAll(m_file, *block) : Result<void>(success());
    }

    std::int64_t bytes() const { return m_bytes; }
    Digest finish() { return m_hashThread ? m_hashThread->finish() : m_hasher.finish(); }

private:
    Fd m_file;
    std::int64_t m_bytes = 0;
    Hasher m_hasher;
    std::unique_ptr<HashThread> m_hashThread;
};

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
    for (;;) {
        PL_TRY(archive_entry * entry, archive->nextEntry());
        if (entry == nullptr)
            return success();
        if (++count > limits.maxMembers)
            return makeError(Errc::InvalidArgument,
                "more than " + std::to_string(limits.maxMembers) + " members");
        const char* rawName = archive_entry_pathname(entry);
        if (rawName == nullptr)
            return makeError(
                Errc::InvalidArgument, "member " + std::to_string(count) + " has no usable name");
        PL_TRY(auto path, entryPath(rawName));
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
        const bool isKept = !limits.isInspecting || archive_entry_size(entry) <= kMaxKeptBytes;
        const std::string file = isKept ? m_directory + "/" + std::to_string(count) : std::string();
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
                return makeError(Errc::InvalidArgument,
                    "it holds more than the " + std::to_string(limits.maxBytes)
                        + " bytes that are free");
            PL_TRY(writer.write(std::move(block)));
        }
        const std::int64_t bytes = writer.bytes();
        Digest digest = writer.finish();
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
