#pragma once

#include "engine/image/archive_index.h"

namespace portlight::image {

/// The images of manifest.json (docker-archive). Errors as imagesIn().
Result<std::vector<ArchivedImage>> dockerArchiveImages(const ArchiveReader& archive);

/// The images of index.json (OCI layout). Errors as imagesIn().
Result<std::vector<ArchivedImage>> ociLayoutImages(
    const ArchiveReader& archive, const std::optional<oci::Platform>& wanted);

/// True for the form that Docker wrote before 1.10: `repositories`, or directories with `json` and
/// `layer.tar`.
bool isLegacyArchive(const ArchiveReader& archive);
/// Its images; configuration and manifest are made here. Errors as imagesIn().
Result<std::vector<ArchivedImage>> legacyArchiveImages(const ArchiveReader& archive);

/// The media type of a layer whose first bytes are @p head.
std::string layerMediaType(const std::string& head);

} // namespace portlight::image
