#include "engine/image/image_store.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/image/content_store.h"
#include "engine/image/layer_unpacker.h"
#include "engine/store/database.h"
#include "engine/store/image_table.h"

#include <fcntl.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <set>

namespace portlight::image {

namespace {

constexpr std::string_view kSha256 = "sha256:";
constexpr std::size_t kMinPrefix = 3;
constexpr const char* kRemovedMeanwhile = " was removed while it was wanted; try again";

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string hexOf(const std::string& digest)
{
    return digest.substr(kSha256.size());
}

bool isHex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<store::ImageLayerRow> rowsOf(const NewImage& image)
{
    std::vector<store::ImageLayerRow> rows;
    for (const StoredLayer& layer : image.layers)
        rows.push_back({ layer.chainId, layer.diffId, layer.blobDigest, layer.mediaType,
            layer.blobBytes, layer.sizeBytes });
    return rows;
}

} // namespace

ImageStore::ImageStore(store::Database& database, ContentStore& content, std::string layersDir)
    : m_database(database)
    , m_content(content)
    , m_layersDir(std::move(layersDir))
{
}

std::string ImageStore::layerDir(const std::string& chainId) const
{
    return m_layersDir + "/" + hexOf(chainId);
}

std::string ImageStore::familiarName(const std::string& reference)
{
    const auto parsed = oci::Reference::parse(reference);
    return parsed ? parsed.value().familiar() : reference;
}

Result<std::vector<StoredImage>> ImageStore::list() const
{
    PL_TRY(const auto ids, m_database.transact(&store::imageIds));
    std::vector<StoredImage> images;
    images.reserve(ids.size());
    for (const std::string& id : ids) {
        auto image = load(id);
        if (image)
            images.push_back(std::move(image).value());
        else if (image.error().code != Errc::NotFound) // else removed since
            return std::move(image).error();
    }
    return images;
}

Result<StoredImage> ImageStore::load(const std::string& imageId) const
{
    StoredImage image;
    PL_TRY(m_database.transact([&](SqliteDatabase& database) -> Result<void> {
        PL_TRY(auto row, store::imageRow(database, imageId));
        image.id = std::move(row.id);
        image.manifestDigest = std::move(row.manifestDigest);
        image.manifestMediaType = std::move(row.manifestMediaType);
        image.importedAtNs = row.importedAtNs;
        PL_TRY(auto names, store::imageNames(database, imageId));
        for (auto& name : names) {
            image.names.push_back(std::move(name.reference));
            image.taggedAtNs = std::max(image.taggedAtNs, name.taggedAtNs);
        }
        PL_TRY(auto digests, store::imageDigests(database, imageId));
        for (auto& digest : digests)
            image.repoDigests.push_back({ std::move(digest.repository), std::move(digest.digest) });
        PL_TRY(auto layers, store::imageLayers(database, imageId));
        for (auto& layer : layers) {
            image.sizeBytes += layer.sizeBytes;
            image.layers.push_back(
                { std::move(layer.diffId), std::move(layer.chainId), std::move(layer.blobDigest),
                    std::move(layer.mediaType), layer.blobBytes, layer.sizeBytes });
        }
        return success();
    }));
    PL_TRY(const auto manifest, Digest::parse(image.manifestDigest));
    PL_TRY(image.manifestBytes, m_content.sizeBytes(manifest));
    PL_TRY(const auto digest, Digest::parse(imageId));
    PL_TRY(const auto text, m_content.read(digest));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(image.config, oci::imageConfigFromJson(json));
    return image;
}

Result<StoredImage> ImageStore::resolve(const std::string& reference) const
{
    PL_TRY(const auto id, resolveId(reference));
    return load(id);
}

Result<std::string> ImageStore::resolveId(const std::string& reference) const
{
    return m_database.transact([&](SqliteDatabase& database) -> Result<std::string> {
        const std::string hex = reference.starts_with(kSha256) ? hexOf(reference) : reference;
        if (hex.size() == 64 && isHex(hex)) {
            PL_TRY(const auto row, store::imageRow(database, std::string(kSha256) + hex));
            return row.id;
        }
        const auto parsed = oci::Reference::parse(reference);
        if (parsed && !parsed.value().digest().empty()) {
            PL_TRY(const auto id,
                store::imageIdByDigest(
                    database, parsed.value().repository(), parsed.value().digest()));
            if (!id.empty())
                return id;
        } else if (parsed) {
            PL_TRY(const auto id, store::imageIdByName(database, parsed.value().normalized()));
            if (!id.empty())
                return id;
        }
        if (hex.size() >= kMinPrefix && hex.size() < 64 && isHex(hex)) {
            PL_TRY(const auto ids, store::imageIdsByPrefix(database, hex));
            if (ids.size() > 1)
                return makeError(Errc::Conflict,
                    "image id prefix \"" + reference
                        + "\" is ambiguous: more than one image has it");
            if (!ids.empty())
                return ids.front();
        }
        return makeError(
            Errc::NotFound, "No such image: " + (parsed ? parsed.value().familiar() : reference));
    });
}

std::vector<std::string> ImageStore::lowerDirs(const StoredImage& image) const
{
    std::vector<std::string> dirs;
    for (auto layer = image.layers.rbegin(); layer != image.layers.rend(); ++layer) {
        dirs.push_back(layerDir(layer->chainId));
        char value = 0;
        if (::getxattr(dirs.back().c_str(), opaqueXattr(), &value, 1) == 1 && value == 'y')
            break;
    }
    return dirs;
}

Result<bool> ImageStore::hasImage(const std::string& imageId) const
{
    PL_TRY(const auto manifest, manifestOf(imageId));
    return !manifest.empty();
}

Result<bool> ImageStore::hasLayer(const std::string& chainId) const
{
    PL_TRY(const bool hasRow, m_database.transact([&](SqliteDatabase& database) {
        return store::hasLayerRow(database, chainId);
    }));
    return hasRow && ::access(layerDir(chainId).c_str(), F_OK) == 0;
}

Result<void> ImageStore::publish(const NewContent& content)
{
    const std::lock_guard lock(m_changes);
    auto placed = place(content);
    if (!placed) {
        // What was placed already belongs to nobody. If this fails too, the next start does it.
        static_cast<void>(collectUnowned().has_value());
        return placed;
    }
    return success();
}

// Files first, rows last: a row is what makes an image exist, so a crash before it leaves only
// things without an owner.
Result<void> ImageStore::place(const NewContent& content)
{
    std::set<std::string> neededBlobs; ///< and must be there in the end
    std::set<std::string> wantedBlobs; ///< these, and documents that repoDigests name
    std::set<std::string> neededLayers;
    std::vector<const NewImage*> fresh;
    for (const NewImage& image : content.images) {
        for (const RepoDigest& repoDigest : image.repoDigests)
            wantedBlobs.insert(repoDigest.digest);
        PL_TRY(const auto known, manifestOf(image.id));
        if (known == image.manifestDigest || (!known.empty() && image.isManifestMade))
            continue;
        fresh.push_back(&image);
        neededBlobs.insert(image.id);
        neededBlobs.insert(image.manifestDigest);
        for (const StoredLayer& layer : image.layers) {
            neededBlobs.insert(layer.blobDigest);
            neededLayers.insert(layer.chainId);
        }
    }
    wantedBlobs.insert(neededBlobs.begin(), neededBlobs.end());
    for (const NewBlob& blob : content.blobs)
        if (wantedBlobs.contains(blob.digest.text())) {
            PL_TRY(m_content.adopt(blob.temporaryFile, blob.digest));
        }
    for (const std::string& text : neededBlobs) {
        PL_TRY(const auto digest, Digest::parse(text));
        if (!m_content.has(digest))
            return makeError(Errc::Unavailable, "blob " + text + kRemovedMeanwhile);
    }
    for (const NewLayer& layer : content.layers) {
        if (!neededLayers.contains(layer.chainId))
            continue;
        PL_TRY(const bool isThere, hasLayer(layer.chainId));
        if (isThere)
            continue;
        if (layer.temporaryDir.empty())
            return makeError(Errc::Unavailable, "layer " + layer.chainId + kRemovedMeanwhile);
        const std::string target = layerDir(layer.chainId);
        PL_TRY(removeTree(target));
        if (::rename(layer.temporaryDir.c_str(), target.c_str()) != 0)
            return errnoError(errno, "store layer " + layer.chainId);
    }
    PL_TRY(m_content.sync());
    PL_TRY(const auto dir, openFile(m_layersDir, O_RDONLY | O_DIRECTORY));
    if (::fsync(dir.get()) != 0)
        return errnoError(errno, "sync directory '" + m_layersDir + "'");
    return m_database.transact([&](SqliteDatabase& database) -> Result<void> {
        for (const NewLayer& layer : content.layers)
            if (neededLayers.contains(layer.chainId)) {
                PL_TRY(store::insertLayer(database, layer.chainId, layer.diffId, layer.sizeBytes));
            }
        const std::int64_t now = nowNs();
        for (const NewImage* image : fresh) {
            PL_TRY(store::putImage(database,
                { image->id, image->manifestDigest, image->manifestMediaType, now },
                rowsOf(*image)));
        }
        for (const NewImage& image : content.images) {
            for (const std::string& name : image.names) {
                PL_TRY(store::setImageName(database, name, image.id, now));
            }
            for (const RepoDigest& repoDigest : image.repoDigests) {
                PL_TRY(store::setImageDigest(
                    database, { repoDigest.repository, repoDigest.digest }, image.id));
            }
        }
        return success();
    });
}

Result<std::string> ImageStore::manifestOf(const std::string& imageId) const
{
    auto row = m_database.transact(
        [&](SqliteDatabase& database) { return store::imageRow(database, imageId); });
    if (!row && row.error().code == Errc::NotFound)
        return std::string();
    if (!row)
        return std::move(row).error();
    return std::move(row).value().manifestDigest;
}

Result<void> ImageStore::addName(const std::string& imageId, const std::string& reference)
{
    return m_database.transact([&](SqliteDatabase& database) -> Result<void> {
        PL_TRY(store::imageRow(database, imageId));
        return store::setImageName(database, reference, imageId, nowNs());
    });
}

Result<void> ImageStore::removeName(const std::string& reference)
{
    return m_database.transact(
        [&](SqliteDatabase& database) { return store::deleteImageName(database, reference); });
}

Result<void> ImageStore::addRepoDigest(const std::string& imageId, const RepoDigest& repoDigest)
{
    return m_database.transact([&](SqliteDatabase& database) -> Result<void> {
        PL_TRY(store::imageRow(database, imageId));
        return store::setImageDigest(
            database, { repoDigest.repository, repoDigest.digest }, imageId);
    });
}

Result<void> ImageStore::removeRepoDigests(
    const std::string& imageId, const std::string& repository)
{
    return m_database.transact([&](SqliteDatabase& database) {
        return store::deleteImageDigests(database, imageId, repository);
    });
}

bool isRemovedMeanwhile(const Error& error)
{
    return error.code == Errc::Unavailable
        && error.message.find(kRemovedMeanwhile) != std::string::npos;
}

Result<std::vector<std::string>> ImageStore::remove(const std::string& imageId)
{
    std::vector<std::string> chains;
    std::vector<std::string> trash;
    {
        const std::lock_guard lock(m_changes);
        std::vector<std::string> unused;
        PL_TRY(m_database.transact([&](SqliteDatabase& database) -> Result<void> {
            PL_TRY(store::imageRow(database, imageId));
            PL_TRY(const auto layers, store::imageLayers(database, imageId));
            for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
                chains.push_back(layer->chainId);
            PL_TRY(store::deleteImage(database, imageId));
            PL_TRY(unused, store::deleteUnusedLayers(database));
            return success();
        }));
        std::erase_if(chains, [&unused](const std::string& chain) {
            return std::find(unused.begin(), unused.end(), chain) == unused.end();
        });
        // Out of sight at once; deleting the files takes longer and needs no lock.
        for (const std::string& chain : unused) {
            trash.push_back(m_content.temporaryDir() + "/removed-" + randomHex(16));
            if (::rename(layerDir(chain).c_str(), trash.back().c_str()) != 0 && errno != ENOENT)
                return errnoError(errno, "remove layer " + chain);
        }
        PL_TRY(collectUnowned());
    }
    for (const std::string& directory : trash) {
        PL_TRY(removeTree(directory));
    }
    return chains;
}

} // namespace portlight::image
