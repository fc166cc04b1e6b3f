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
#include <vector>

namespace portlight::image {

class ContentStore;
class SystemLayerWriter;

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
    /// Blobs that the archive leaves out ("blobs/sha256/…") are taken from here, and those that are
    /// here are not written again; may be null.
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
    /// Of all members.
    std::vector<std::string> paths() const;
    /// A document that the archive lacks and its reader made. It lies beside the members.
    Result<const ArchiveMember*> addMade(const std::string& bytes) const;
    /// A small member's text. Errors: NotFound, InvalidArgument over 8 MB.
    Result<std::string> text(const std::string& path) const;
    Result<std::string> text(const ArchiveMember& member) const;
    Result<Json> json(const std::string& path) const;

private:
    ArchiveReader(std::string directory, std::string shownName);
    Result<void> readAll(ByteSource& tar, const ReadLimits& limits);
    /// The store's file of a member that says by its name which blob it is; empty without one.
    std::string storedFile(const std::string& path, std::int64_t sizeBytes) const;
    Result<std::unique_ptr<SystemLayerWriter>> makeSystemLayer(const ReadLimits& limits) const;
    Result<void> addSystemLayer(SystemLayerWriter& layer, const ReadLimits& limits);
    const ArchiveMember* findElsewhere(const std::string& path) const;
    Result<void> addLink(const std::string& path, const std::string& target);

    std::string m_directory;
    std::string m_shownName;
    std::map<std::string, ArchiveMember> m_members;
    mutable std::map<std::string, ArchiveMember> m_elsewhere; ///< found in the fallback, or made
    const ContentStore* m_fallback = nullptr;
    Compression m_compression = Compression::None;
    std::int64_t m_bytes = 0;
    std::map<std::string, std::string> m_links; ///< path to path
    std::map<Digest, std::string> m_byDigest; ///< to path
};

} // namespace portlight::image
