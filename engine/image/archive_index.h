#pragma once

#include "engine/image/archive_reader.h"
#include "engine/oci/image_config.h"
#include "engine/oci/platform.h"

#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

struct ArchivedLayer {
    const ArchiveMember* member = nullptr;
    std::string diffId; ///< as the configuration says; checked while unpacking
    std::string mediaType;
};

/// An image that an archive holds.
struct ArchivedImage {
    std::vector<std::string> names; ///< normalised references, may be none
    const ArchiveMember* config = nullptr; ///< its digest is the image's id
    std::string manifest; ///< its bytes; an OCI manifest made here where the archive has none
    std::string manifestMediaType;
    bool isManifestMade = false; ///< here, as the archive has none
    oci::ImageConfig view;
    std::vector<ArchivedLayer> layers; ///< base first, as many as view.diffIds
};

/// Finds the images of an archive: OCI layout (image-spec image-layout.md; nested indexes, several
/// platforms), docker-archive (docker-image-spec spec.md, Combined Image JSON + Filesystem
/// Changeset Format), both in one as Docker 25 and newer write it, Docker's form before 1.10, or an
/// LXC or Incus image (unified tarball). Of a multi-platform image the
/// one for @p wanted (this machine's where not given) is taken.
/// Everything a manifest says of a blob (digest, size) is compared with the bytes in the archive.
/// Errors: InvalidArgument naming archive, member or digest, and the cause; NotFound where there is
/// no image for the platform, naming those there are.
Result<std::vector<ArchivedImage>> imagesIn(
    const ArchiveReader& archive, const std::optional<oci::Platform>& wanted);

} // namespace portlight::image
