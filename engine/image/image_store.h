#pragma once

#include "engine/base/digest.h"
#include "engine/base/result.h"
#include "engine/oci/image_config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::store {
class Database;
}

namespace portlight::image {

class ContentStore;

/// One layer of a stored image.
struct StoredLayer {
    std::string diffId; ///< digest of the uncompressed tar
    std::string chainId; ///< names layers/<hex of it>; image-spec config.md, Layer ChainID
    std::string blobDigest; ///< what the content store holds (perhaps compressed)
    std::string mediaType;
    std::int64_t blobBytes = 0;
};

/// An image of this engine.
struct StoredImage {
    std::string id; ///< config digest, "sha256:…"
    std::string manifestDigest;
    std::vector<std::string> names; ///< normalised references "docker.io/library/nginx:latest"
    std::vector<StoredLayer> layers; ///< base first
    std::int64_t sizeBytes = 0; ///< unpacked
    std::int64_t importedAtNs = 0;
    oci::ImageConfig config;
};

/// Which images there are and what they are called. Thread-safe; blocking (SQLite, files): call it
/// from the worker pool.
class ImageStore {
public:
    /// @p layersDir as EnginePaths::layers().
    ImageStore(store::Database& database, ContentStore& content, std::string layersDir);

    Result<std::vector<StoredImage>> list() const;
    /// By name, name@digest, id or unique id prefix of at least 3 digits (with or without
    /// "sha256:"). Errors: NotFound worded as docker does ("No such image: x"), Conflict for an
    /// ambiguous prefix.
    Result<StoredImage> resolve(const std::string& reference) const;
    /// The unpacked layers for overlayfs, topmost first.
    std::vector<std::string> lowerDirs(const StoredImage& image) const;

    /// The familiar form of a normalised name: "nginx:latest".
    static std::string familiarName(const std::string& reference);

private:
    store::Database& m_database;
    ContentStore& m_content;
    std::string m_layersDir;
};

} // namespace portlight::image
