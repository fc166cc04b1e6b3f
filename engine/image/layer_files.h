#pragma once

#include "engine/image/image_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::image {

struct LayerChange {
    enum class Kind { Added, Changed, Removed };
    Kind kind = Kind::Added;
    std::string path; ///< "/etc/hosts"
    std::int64_t sizeBytes = 0; ///< of a regular file; of what was removed
};

/// What a layer did to the tree below it.
struct LayerFiles {
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t removed = 0;
    std::int64_t addedBytes = 0; ///< of regular files that it holds
    /// Of files below that it hides or replaces: they stay in the image for nothing.
    std::int64_t wastedBytes = 0;
    std::vector<LayerChange> changes; ///< in the order of their names, as many as were asked for
};

/// One entry for each layer of @p image, base first; of each layer's changes at most @p maxChanges
/// are listed. Directories that are in both do not count as changed. Blocking: reads all layers.
Result<std::vector<LayerFiles>> layerFiles(
    const ImageStore& images, const StoredImage& image, std::size_t maxChanges);

} // namespace portlight::image
