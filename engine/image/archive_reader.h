#pragma once

#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/image/byte_source.h"
#include "engine/image/decompress.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace portlight::image {

class ContentStore;

/// A regular file of an image archive, taken apart.
struct ArchiveMember {
    std::string path; ///< in the archive
    std::string file; ///< where its bytes are now
    Digest digest; ///< computed over these bytes
    std::int64_t sizeBytes = 0;
    std::string head; ///< its first bytes, at most 8
};

struct ReadLimits {
    std::int64_t maxBytes = INT64_MAX; ///< all members together, inflated
    std::int64_t maxMembers = 200'000;
    const std::atomic<bool>* isCancelled = nullptr;
    /// Members over 4 MB are hashed, but not kept: ArchiveMember::file is empty then.
    bool isInspecting = false;
    /// Blobs that the archive leaves out ("blobs/sha256/…") are taken from here; may be null.
    const ContentStore* fallback = nullptr;
};

/// An image archive read front to back once: each member is hashed while it is written to a file of
/// its own, so that the order of members does not matter and an archive can come through a pipe.
class ArchiveReader {
public:
    /// Takes @p archive apart into @p directory (ours and empty). @p shownName names it in errors.
    /// The outer compression is found by its first bytes. Errors: InvalidArgument for what is no
    /// archive, a damaged one, climbing names or too much; Cancelled; Internal for the disk.
    static Result<ArchiveReader> read(std::unique_ptr<ByteSource> archive,
        const std::string& directory, const std::string& shownName, const ReadLimits& limits);

    const std::string& name() const noexcept { return m_shownName; } ///< for messages
    Compression compression() const noexcept { return m_compression; } ///< of the whole
    std::int64_t bytes() const noexcept { return m_bytes; } ///< of all members
    /// The member at @p path, through links inside the archive; null where there is none.
    const ArchiveMember* find(const std::string& path) const;
    /// The member with these bytes, wherever it stands; null where there is none.
    const ArchiveMember* find(const Digest& digest) const;
    /// A small member's text. Errors: NotFound, InvalidArgument over 8 MB.
    Result<std::string> text(const std::string& path) const;
    Result<std::string> text(const ArchiveMember& member) const;
    Result<Json> json(const std::string& path) const;

private:
    ArchiveReader(std::string directory, std::string shownName);
    Result<void> readAll(ByteSource& tar, const ReadLimits& limits);
    const ArchiveMember* findElsewhere(const std::string& path) const;
    Result<void> addLink(const std::string& path, const std::string& target);

    std::string m_directory;
    std::string m_shownName;
    std::map<std::string, ArchiveMember> m_members;
    mutable std::map<std::string, ArchiveMember> m_elsewhere; ///< found in the fallback
    const ContentStore* m_fallback = nullptr;
    Compression m_compression = Compression::None;
    std::int64_t m_bytes = 0;
    std::map<std::string, std::string> m_links; ///< path to path
    std::map<Digest, std::string> m_byDigest; ///< to path
};

} // namespace portlight::image
