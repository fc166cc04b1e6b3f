#pragma once

#include "engine/base/digest.h"
#include "engine/base/result.h"
#include "engine/oci/image_config.h"
#include "engine/oci/reference.h"

#include <cstdint>
#include <mutex>
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
    std::int64_t sizeBytes = 0; ///< unpacked
};

/// What a registry knows an image by: "docker.io/library/nginx" and the digest of its manifest or
/// multi-platform index there.
struct RepoDigest {
    std::string repository;
    std::string digest;
    friend bool operator==(const RepoDigest&, const RepoDigest&) = default;
};

/// An image of this engine.
struct StoredImage {
    std::string id; ///< config digest, "sha256:…"
    std::string manifestDigest;
    std::string manifestMediaType;
    std::int64_t manifestBytes = 0;
    std::vector<std::string> names; ///< normalised references "docker.io/library/nginx:latest"
    std::vector<RepoDigest> repoDigests; ///< of repositories that it was pulled from or pushed to
    std::vector<StoredLayer> layers; ///< base first
    std::int64_t sizeBytes = 0; ///< unpacked
    std::int64_t importedAtNs = 0;
    std::int64_t taggedAtNs = 0; ///< newest of its names; 0 without names
    oci::ImageConfig config;
};

/// What an import hands over. Files and directories lie in the temporary directory and are on the
/// disk already (syncfs).
struct NewBlob {
    Digest digest;
    std::string temporaryFile;
};
struct NewLayer {
    std::string chainId;
    std::string diffId;
    std::string temporaryDir; ///< empty: the store had it when it was asked
    std::int64_t sizeBytes = 0;
};
struct NewImage {
    std::string id;
    std::string manifestDigest;
    std::string manifestMediaType;
    std::vector<std::string> names;
    std::vector<StoredLayer> layers;
    std::vector<RepoDigest>
        repoDigests {}; ///< where their documents are among the blobs, they stay
    /// The manifest was made here, because what the image came in has none: an image that is known
    /// keeps the one it has.
    bool isManifestMade = false;
};
struct NewContent {
    std::vector<NewBlob> blobs;
    std::vector<NewLayer> layers;
    std::vector<NewImage> images;
};

/// Which images there are and what they are called. Thread-safe; blocking (SQLite, files): call it
/// from the worker pool. Changes (publish, remove, recover) exclude each other.
class ImageStore {
public:
    /// @p layersDir as EnginePaths::layers().
    ImageStore(store::Database& database, ContentStore& content, std::string layersDir);

    /// Makes the directories and removes what no image owns: rests of imports that a crash ended,
    /// layers and blobs without a row. Call once, before anything else. Returns what was removed,
    /// a line each.
    Result<std::vector<std::string>> recover();

    /// Newest import first.
    Result<std::vector<StoredImage>> list() const;
    /// By name, name@digest, id or unique id prefix of at least 3 digits (with or without
    /// "sha256:"). Errors: NotFound worded as docker does ("No such image: x"), Conflict for an
    /// ambiguous prefix.
    Result<StoredImage> resolve(const std::string& reference) const;
    /// The unpacked layers for overlayfs, topmost first. A layer that hides all below it ends the
    /// list, because overlayfs does not look for that mark on a root directory.
    std::vector<std::string> lowerDirs(const StoredImage& image) const;

    Result<bool> hasImage(const std::string& imageId) const;
    Result<bool> hasLayer(const std::string& chainId) const;
    /// Takes everything of @p content over, or nothing that anybody can see. A name that another
    /// image had moves; an image that is known gets the newer manifest and its blobs. Errors: one
    /// that isRemovedMeanwhile() knows where a layer or blob that was there no longer is (fetch it
    /// and try again).
    Result<void> publish(const NewContent& content);

    /// Errors: NotFound for an unknown id.
    Result<void> addName(const std::string& imageId, const std::string& reference);
    Result<void> removeName(const std::string& reference);
    /// Errors: NotFound for an unknown id.
    Result<void> addRepoDigest(const std::string& imageId, const RepoDigest& repoDigest);
    Result<void> removeRepoDigests(const std::string& imageId, const std::string& repository);
    /// Removes the image, and the layers and blobs that only it had. Returns the chain ids of the
    /// removed layers, topmost first.
    Result<std::vector<std::string>> remove(const std::string& imageId);

    /// The familiar form of a normalised name: "nginx:latest".
    static std::string familiarName(const std::string& reference);
    std::string layerDir(const std::string& chainId) const;

private:
    Result<std::string> resolveId(const std::string& reference) const;
    Result<StoredImage> load(const std::string& imageId) const;
    Result<void> place(const NewContent& content);
    /// Empty for an unknown image.
    Result<std::string> manifestOf(const std::string& imageId) const;
    Result<std::vector<std::string>> collectUnowned();

    store::Database& m_database;
    ContentStore& m_content;
    std::string m_layersDir;
    mutable std::mutex m_changes;
};

/// True for publish()'s error that another attempt may mend.
bool isRemovedMeanwhile(const Error& error);

} // namespace portlight::image
