#pragma once

#include "engine/image/byte_source.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;

/// An entry of a layer's tar (image-spec layer.md, Change Types).
struct LayerEntry {
    enum class Kind { File, Directory, Symlink, HardLink, Device, Fifo, Removed, Opaque };
    Kind kind = Kind::File;
    std::string path; ///< "/etc/hosts"; of what goes for Removed, of the directory for Opaque
    std::string target; ///< of links
    std::int64_t sizeBytes = 0; ///< of files
    std::uint32_t mode = 0; ///< permission bits
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t modifiedSeconds = 0; ///< since 1970, UTC
};

struct LayerListing {
    std::vector<LayerEntry> entries; ///< in the tar's order, as many as were asked for
    std::int64_t count = 0; ///< of all entries
};

/// The entries of the layer that is @p archive's member @p memberPath, read from where it stands:
/// nothing is stored. A layer that the archive leaves out ("blobs/sha256/…") is read from
/// @p content. Blocking. @p shownName names the archive in errors. Errors: NotFound where neither
/// has it; InvalidArgument for damaged data; Cancelled.
Result<LayerListing> listArchivedLayer(std::unique_ptr<ByteSource> archive,
    const std::string& memberPath, const ContentStore& content, std::size_t maxEntries,
    const std::string& shownName, const std::atomic<bool>* isCancelled);

} // namespace portlight::image
