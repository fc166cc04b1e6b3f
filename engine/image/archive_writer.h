#pragma once

#include "engine/image/byte_source.h"
#include "engine/image/image_store.h"

#include <memory>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;

enum class ArchiveFormat {
    Docker, ///< manifest.json and an OCI layout in one, as Docker 25 and newer write it
    Oci, ///< an OCI layout alone; org.opencontainers.image.ref.name holds the whole name
};

/// An image to export and the names it has in the archive (normalised; none: by its id only).
struct ExportedImage {
    StoredImage image;
    std::vector<std::string> names;
};

/// An image archive as a stream of tar bytes. Blobs go out as they are stored, so that digests stay
/// equal, and are hashed on the way: a blob that the disk has damaged ends the stream with an error
/// (Internal, naming it) instead of leaving the machine. The same images always give the same
/// bytes.
/// Layers whose blob @p leftOut names are described, but not in it: a delta for whoever has them.
/// @p content outlives the result. Errors: NotFound for a blob that is missing.
Result<std::unique_ptr<ByteSource>> exportArchive(ContentStore& content,
    std::vector<ExportedImage> images, ArchiveFormat format,
    const std::vector<std::string>& leftOut = {});

} // namespace portlight::image
