#pragma once

#include "engine/oci/descriptor.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::oci {

/// One image: image-spec manifest.md, or Docker's manifest version 2 schema 2.
struct Manifest {
    std::string mediaType; ///< OCI's where the document does not say
    Descriptor config;
    std::vector<Descriptor> layers; ///< base first
    std::map<std::string, std::string> annotations;
};

/// Several manifests, mostly one per platform: image-spec image-index.md, or Docker's list.
struct Index {
    std::string mediaType;
    std::vector<Descriptor> manifests;
    std::map<std::string, std::string> annotations;
};

/// True for a descriptor that points to an index or a manifest list.
bool isIndexType(std::string_view mediaType);
/// True for a descriptor that points to a single image's manifest.
bool isManifestType(std::string_view mediaType);

/// Errors: InvalidArgument. A document with both `layers` and `manifests`, or whose mediaType says
/// otherwise than its content, is refused: the same bytes must always mean one thing
/// (CVE-2021-41190).
Result<Manifest> manifestFromJson(const Json& json);
Result<Index> indexFromJson(const Json& json);

/// The manifest as an OCI document: what an image gets whose archive had none. Always the same
/// bytes for the same image.
std::string manifestText(const Descriptor& config, const std::vector<Descriptor>& layers);

} // namespace portlight::oci
