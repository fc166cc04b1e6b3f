#include "engine/store/migrations.h"

#include <array>

namespace portlight::store {

namespace {

// image.id is the config's digest (what docker calls the image id); one row per image, its names in
// image_name. A container's `config` is the create request as accepted, `state` changes over life.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE image (
    id TEXT PRIMARY KEY,
    manifest_digest TEXT NOT NULL,
    manifest_bytes_digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    imported_at_ns INTEGER NOT NULL
);
CREATE TABLE image_name (
    reference TEXT PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES image(id) ON DELETE CASCADE
);
CREATE INDEX image_name_image ON image_name(image_id);
CREATE TABLE image_layer (
    image_id TEXT NOT NULL REFERENCES image(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    diff_id TEXT NOT NULL,
    chain_id TEXT NOT NULL,
    blob_digest TEXT NOT NULL,
    media_type TEXT NOT NULL,
    PRIMARY KEY (image_id, position)
);
CREATE INDEX image_layer_chain ON image_layer(chain_id);
CREATE TABLE container (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    created_at_ns INTEGER NOT NULL,
    config TEXT NOT NULL,
    state TEXT NOT NULL
)
)sql";

constexpr std::array kSteps { kFirst };

} // namespace

std::span<const std::string_view> migrations()
{
    return kSteps;
}

} // namespace portlight::store
