#pragma once

#include "engine/image/byte_source.h"
#include "engine/image/image_store.h"
#include "engine/oci/platform.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;

struct InspectedLayer {
    std::string diffId;
    std::string blobDigest;
    std::string member; ///< its path in the archive
    bool isLeftOut = false; ///< of a delta archive: its bytes come from the store
    std::string mediaType;
    std::int64_t blobBytes = 0;
    bool isPresent = false; ///< unpacked in the store already
    std::string createdBy; ///< of the image's history
};

struct InspectedImage {
    std::string id;
    std::string manifestDigest;
    std::vector<std::string> names; ///< normalised
    std::vector<InspectedLayer> layers; ///< base first
    oci::ImageConfig config;
    std::int64_t configBytes = 0;
    bool isPresent = false;
};

/// What an archive holds.
struct ArchiveReport {
    std::string
        format; ///< "docker-archive", "oci-archive", "docker-archive+oci", "docker-archive-v1"
    /// or "lxc-image"
    std::string compression; ///< of the whole: "none", "gzip", "zstd" or "other"
    std::int64_t bytes = 0; ///< of all members, inflated
    std::int64_t newBytes = 0; ///< of blobs that an import would add
    std::vector<InspectedImage> images;
};

/// Reads @p archive to its end and checks every digest in it, without storing anything: only its
/// small documents are kept meanwhile, in the temporary directory. Blocking. @p shownName names it
/// in errors. Errors: as ArchiveReader::read() and imagesIn().
Result<ArchiveReport> inspectArchive(const ImageStore& images, const ContentStore& content,
    std::unique_ptr<ByteSource> archive, const std::string& shownName,
    const std::optional<oci::Platform>& platform, const std::atomic<bool>* isCancelled);

/// Says again in @p report what the store has of it by now.
Result<void> markPresent(
    const ImageStore& images, const ContentStore& content, ArchiveReport& report);

} // namespace portlight::image
