#pragma once

#include "engine/base/result.h"
#include "engine/image/byte_source.h"
#include "engine/image/layer_work.h"
#include "engine/oci/platform.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;
class ImageStore;

struct LayerProgress {
    std::string diffId;
    std::int64_t currentBytes = 0; ///< of the blob, as it stands in the archive
    std::int64_t totalBytes = 0;
    bool isDone = false;
};

struct ImportOptions {
    std::optional<oci::Platform> platform; ///< of multi-platform images; this machine's otherwise
    std::vector<std::string> onlyIds; ///< of images to import; empty: all of the archive
    std::function<void(const LayerProgress&)> onProgress; ///< called from several threads in turn
    const std::atomic<bool>* isCancelled = nullptr;
    /// What the archive and each layer may unpack to, where the disk has no less. Bytes.
    std::int64_t maxBytes = INT64_MAX;
};

struct ImportedImage {
    std::string id;
    std::vector<std::string> names; ///< normalised
    std::vector<std::string> notes; ///< what was left out of its layers and why
};

/// Imports every image of @p archive, all or none: taken apart and checked, layers that are new
/// unpacked (in parallel) in the temporary directory, one syncfs, then published. Blocking; nothing
/// stays behind when it fails. @p shownName names the archive in errors.
/// Errors: as ArchiveReader::read, imagesIn and unpackLayer, InvalidArgument for a layer whose
/// bytes do not have its diff_id, NotFound for an id that the archive does not hold.
Result<std::vector<ImportedImage>> importArchive(ImageStore& images, ContentStore& content,
    std::unique_ptr<ByteSource> archive, const std::string& shownName,
    const ImportOptions& options = {});

} // namespace portlight::image
