#include "engine/store/migrations.h"

#include <array>

namespace portlight::store {

namespace {

// image.id is the config's digest (what docker calls the image id); one row per image, its names in
// image_name. A layer row stands for an unpacked directory, shared by the images that have it. A
// container's `config` is the create request as accepted, `state` changes over life.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE image (
    id TEXT PRIMARY KEY,
    manifest_digest TEXT NOT NULL,
    manifest_media_type TEXT NOT NULL,
    imported_at_ns INTEGER NOT NULL
);
CREATE TABLE image_name (
    reference TEXT PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES image(id) ON DELETE CASCADE,
    tagged_at_ns INTEGER NOT NULL
);
CREATE INDEX image_name_image ON image_name(image_id);
CREATE TABLE layer (
    chain_id TEXT PRIMARY KEY,
    diff_id TEXT NOT NULL,
    size_bytes INTEGER NOT NULL
);
CREATE TABLE image_layer (
    image_id TEXT NOT NULL REFERENCES image(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    chain_id TEXT NOT NULL REFERENCES layer(chain_id),
    blob_digest TEXT NOT NULL,
    blob_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    PRIMARY KEY (image_id, position)
);
CREATE INDEX image_layer_chain ON image_layer(chain_id);
CREATE INDEX image_layer_blob ON image_layer(blob_digest);
CREATE TABLE container (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    created_at_ns INTEGER NOT NULL,
    config TEXT NOT NULL,
    state TEXT NOT NULL
)
)sql";

// Networks and volumes: `config` is the create request as accepted and completed.
constexpr std::string_view kNetworksAndVolumes = R"sql(
CREATE TABLE network (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at_ns INTEGER NOT NULL,
    config TEXT NOT NULL
);
CREATE TABLE volume (
    name TEXT PRIMARY KEY,
    created_at_ns INTEGER NOT NULL,
    config TEXT NOT NULL
)
)sql";

// A registry's name for an image: the digest of its manifest there, or of the multi-platform index
// that it was chosen from, whose document is then kept as a blob.
constexpr std::string_view kImageDigests = R"sql(
CREATE TABLE image_digest (
    repository TEXT NOT NULL,
    digest TEXT NOT NULL,
    image_id TEXT NOT NULL REFERENCES image(id) ON DELETE CASCADE,
    PRIMARY KEY (repository, digest)
);
CREATE INDEX image_digest_image ON image_digest(image_id)
)sql";

constexpr std::array kSteps { kFirst, kNetworksAndVolumes, kImageDigests };

} // namespace

std::span<const std::string_view> migrations()
{
    return kSteps;
}

} // namespace portlight::store
