#pragma once

#include "engine/image/archive_index.h"

namespace portlight::image {

/// The images of manifest.json (docker-archive). Errors as imagesIn().
Result<std::vector<ArchivedImage>> dockerArchiveImages(const ArchiveReader& archive);

/// The images of index.json (OCI layout). Errors as imagesIn().
Result<std::vector<ArchivedImage>> ociLayoutImages(
    const ArchiveReader& archive, const std::optional<oci::Platform>& wanted);

} // namespace portlight::image
