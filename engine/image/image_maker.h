#pragma once

#include "engine/base/json.h"
#include "engine/image/byte_source.h"
#include "engine/image/image_store.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;

/// An image to make of what is here, and perhaps of one more layer.
struct MadeImage {
    std::vector<StoredLayer> layers; ///< of the image below, base first
    /// The configuration without rootfs, whose diff_ids are filled in; its last entry of `history`
    /// is marked as empty where there is no new layer.
    Json config;
    std::vector<std::string> names; ///< normalised
};

struct MadeLayer {
    std::unique_ptr<ByteSource> tar; ///< null: no new layer
    /// The layer comes compressed or not, and is kept as it comes (what OCI has no name for is
    /// inflated); otherwise it is plain, and stored with gzip.
    bool isKeptAsItComes = false;
};

/// Makes the image and publishes it. Returns its id. Blocking; nothing stays behind when it fails.
/// A plain layer without entries counts as none.
/// Errors: as unpackLayer() and ImageStore::publish(); Cancelled.
Result<std::string> makeImage(ImageStore& images, ContentStore& content, MadeImage image,
    MadeLayer layer, const std::atomic<bool>* isCancelled);

} // namespace portlight::image
