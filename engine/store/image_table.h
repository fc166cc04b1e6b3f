#pragma once

#include "engine/base/sqlite.h"

#include <cstdint>
#include <string>
#include <vector>

/// The rows of images, their names and layers. Every function runs inside a transaction of
/// Database::transact().
namespace portlight::store {

struct ImageRow {
    std::string id;
    std::string manifestDigest;
    std::string manifestMediaType;
    std::int64_t importedAtNs = 0;
};

struct ImageLayerRow {
    std::string chainId;
    std::string diffId;
    std::string blobDigest;
    std::string mediaType;
    std::int64_t blobBytes = 0;
    std::int64_t sizeBytes = 0; ///< unpacked
};

struct ImageNameRow {
    std::string reference;
    std::int64_t taggedAtNs = 0;
};

/// Newest import first.
Result<std::vector<std::string>> imageIds(SqliteDatabase& database);
/// Ids that begin with "sha256:" and @p hexPrefix, at most 2.
Result<std::vector<std::string>> imageIdsByPrefix(
    SqliteDatabase& database, const std::string& hexPrefix);
/// What a registry knows an image by.
struct ImageDigestRow {
    std::string repository;
    std::string digest;
};

/// Empty where no image has the name.
Result<std::string> imageIdByName(SqliteDatabase& database, const std::string& reference);
/// The image that @p repository knows by @p manifestDigest, or one with that manifest that has a
/// name in it; empty where there is none.
Result<std::string> imageIdByDigest(
    SqliteDatabase& database, const std::string& repository, const std::string& manifestDigest);
/// Errors: NotFound.
Result<ImageRow> imageRow(SqliteDatabase& database, const std::string& id);
Result<std::vector<ImageNameRow>> imageNames(SqliteDatabase& database, const std::string& id);
Result<std::vector<ImageDigestRow>> imageDigests(SqliteDatabase& database, const std::string& id);
/// Base first.
Result<std::vector<ImageLayerRow>> imageLayers(SqliteDatabase& database, const std::string& id);

/// An image that is there gets the row's manifest and these layers, and stays as old as it is.
Result<void> putImage(
    SqliteDatabase& database, const ImageRow& row, const std::vector<ImageLayerRow>& layers);
/// Moves the name where another image had it.
Result<void> setImageName(SqliteDatabase& database, const std::string& reference,
    const std::string& imageId, std::int64_t taggedAtNs);
/// Moves the digest where another image had it.
Result<void> setImageDigest(
    SqliteDatabase& database, const ImageDigestRow& row, const std::string& imageId);
Result<void> deleteImageDigests(
    SqliteDatabase& database, const std::string& imageId, const std::string& repository);
Result<void> deleteImageName(SqliteDatabase& database, const std::string& reference);
/// Its names and layer references go with it.
Result<void> deleteImage(SqliteDatabase& database, const std::string& id);

Result<bool> hasLayerRow(SqliteDatabase& database, const std::string& chainId);
/// Does nothing for a layer that is there.
Result<void> insertLayer(SqliteDatabase& database, const std::string& chainId,
    const std::string& diffId, std::int64_t sizeBytes);
/// Deletes layers that no image has; returns their chain ids.
Result<std::vector<std::string>> deleteUnusedLayers(SqliteDatabase& database);
Result<std::vector<std::string>> layerChainIds(SqliteDatabase& database);
/// Digests of all blobs that images need: configurations, manifests, layers.
Result<std::vector<std::string>> neededBlobs(SqliteDatabase& database);

} // namespace portlight::store
