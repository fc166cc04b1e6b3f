#include "engine/image/image_maker.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/compress.h"
#include "engine/image/content_store.h"
#include "engine/image/hash_thread.h"
#include "engine/image/layer_work.h"
#include "engine/oci/manifest.h"
#include "engine/oci/media_types.h"

#include <fcntl.h>

namespace portlight::image {

namespace {

/// The blob of a new layer.
struct LayerBlob {
    std::string file;
    std::string digest;
    std::string mediaType;
    std::int64_t sizeBytes = 0;
};

/// Gives the first block back before the rest, once it was looked at.
class PeekedSource final : public ByteSource {
public:
    PeekedSource(Block first, std::unique_ptr<ByteSource> rest)
        : m_first(std::move(first))
        , m_rest(std::move(rest))
    {
    }
    Result<Block> next() override
    {
        if (m_first)
            return std::exchange(m_first, nullptr);
        return m_rest->next();
    }

private:
    Block m_first;
    std::unique_ptr<ByteSource> m_rest;
};

Result<LayerBlob> writeBlob(ByteSource& source, const std::string& file, std::string mediaType,
    std::int64_t room, const std::atomic<bool>* isCancelled)
{
    PL_TRY(const auto opened, openFile(file, O_WRONLY | O_CREAT | O_EXCL, 0600));
    LayerBlob blob { file, {}, std::move(mediaType), 0 };
    HashThread hash;
    for (;;) {
        if (isCancelled != nullptr && isCancelled->load())
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(auto block, source.next());
        if (block->empty())
            break;
        blob.sizeBytes += static_cast<std::int64_t>(block->size());
        if (blob.sizeBytes > room)
            return makeError(Errc::Unavailable,
                "the layer holds more than the " + std::to_string(room)
                    + " bytes that are free in the data directory");
        PL_TRY(writeAll(opened, *block));
        hash.update(std::move(block));
    }
    blob.digest = hash.finish().text();
    return blob;
}

Result<LayerBlob> storeAsItComes(std::unique_ptr<ByteSource> source, const std::string& file,
    std::int64_t room, const std::atomic<bool>* isCancelled)
{
    PL_TRY(auto first, source->next());
    const Compression found = detectCompression(*first);
    source = std::make_unique<PeekedSource>(std::move(first), std::move(source));
    std::string mediaType(oci::kOciLayer);
    if (found == Compression::Gzip)
        mediaType = oci::kOciLayerGzip;
    else if (found == Compression::Zstd)
        mediaType = oci::kOciLayerZstd;
    else
        source = decompress(std::move(source));
    return writeBlob(*source, file, std::move(mediaType), room, isCancelled);
}

class Maker {
public:
    Maker(ImageStore& images, ContentStore& content, MadeImage image,
        const std::atomic<bool>* isCancelled)
        : m_images(images)
        , m_content(content)
        , m_image(std::move(image))
        , m_isCancelled(isCancelled)
    {
    }

    Result<std::string> make(MadeLayer layer)
    {
        PL_TRY(const auto work, TempDir::create(m_content.temporaryDir(), "import-"));
        m_workDir = work.path();
        if (layer.tar) {
            PL_TRY(addLayer(std::move(layer)));
        }
        PL_TRY(auto fresh, assemble());
        PL_TRY(syncFileSystem(m_workDir));
        PL_TRY(m_images.publish(fresh));
        return fresh.images.front().id;
    }

private:
    Result<void> addLayer(MadeLayer layer)
    {
        PL_TRY(const auto room, roomIn(m_workDir));
        const std::string file = m_workDir + "/layer.tar";
        auto stored = layer.isKeptAsItComes
            ? storeAsItComes(std::move(layer.tar), file, room, m_isCancelled)
            : storeCompressed(std::move(layer.tar), file, room);
        if (!stored)
            return std::move(stored).error();
        const LayerBlob& blob = stored.value();
        LayerWork unpacking { {}, blob.mediaType == oci::kOciLayer ? blob.digest : std::string(),
            blob.digest, blob.file, blob.sizeBytes, m_workDir + "/layer", {} };
        const auto nothing = [](const LayerWork&, std::int64_t, bool) { };
        PL_TRY(unpackLayerFile(unpacking, room, m_isCancelled, nothing));
        if (!layer.isKeptAsItComes && unpacking.result.entries == 0)
            return success();
        const std::string parent = m_image.layers.empty() ? "" : m_image.layers.back().chainId;
        const std::string chainId = chainIdOf(parent, unpacking.diffId);
        m_image.layers.push_back({ unpacking.diffId, chainId, blob.digest, blob.mediaType,
            blob.sizeBytes, unpacking.result.sizeBytes });
        m_fresh.layers.push_back(
            { chainId, unpacking.diffId, unpacking.directory, unpacking.result.sizeBytes });
        PL_TRY(auto digest, Digest::parse(blob.digest));
        m_fresh.blobs.push_back({ std::move(digest), blob.file });
        m_hasNewLayer = true;
        return success();
    }

    Result<LayerBlob> storeCompressed(
        std::unique_ptr<ByteSource> tar, const std::string& file, std::int64_t room)
    {
        const auto packed = compress(std::move(tar), Compression::Gzip);
        return writeBlob(*packed, file, std::string(oci::kOciLayerGzip), room, m_isCancelled);
    }

    Result<void> addDocument(const std::string& text, const Digest& digest)
    {
        const std::string file = m_workDir + "/" + std::string(digest.hex());
        PL_TRY(const auto opened, openFile(file, O_WRONLY | O_CREAT | O_TRUNC, 0600));
        PL_TRY(writeAll(opened, text));
        m_fresh.blobs.push_back({ digest, file });
        return success();
    }

    Result<NewContent> assemble()
    {
        Json diffIds = Json::array();
        std::vector<oci::Descriptor> descriptors;
        for (const StoredLayer& layer : m_image.layers) {
            diffIds.push_back(layer.diffId);
            PL_TRY(auto digest, Digest::parse(layer.blobDigest));
            descriptors.push_back({ layer.mediaType, std::move(digest), layer.blobBytes, {}, {} });
        }
        m_image.config["rootfs"] =
            Json { { "type", "layers" }, { "diff_ids", std::move(diffIds) } };
        if (!m_hasNewLayer && !m_image.config["history"].empty())
            m_image.config["history"].back()["empty_layer"] = true;
        const std::string configText = dumpJson(m_image.config);
        const Digest configDigest = Digest::of(configText);
        PL_TRY(addDocument(configText, configDigest));
        const std::string manifest =
            oci::manifestText({ std::string(oci::kOciConfig), configDigest,
                                  static_cast<std::int64_t>(configText.size()), {}, {} },
                descriptors);
        const Digest manifestDigest = Digest::of(manifest);
        PL_TRY(addDocument(manifest, manifestDigest));
        for (std::size_t at = 0; at + (m_hasNewLayer ? 1 : 0) < m_image.layers.size(); ++at) {
            const StoredLayer& layer = m_image.layers[at];
            m_fresh.layers.push_back({ layer.chainId, layer.diffId, {}, layer.sizeBytes });
        }
        m_fresh.images.push_back({ configDigest.text(), manifestDigest.text(),
            std::string(oci::kOciManifest), m_image.names, m_image.layers });
        return std::move(m_fresh);
    }

    ImageStore& m_images;
    ContentStore& m_content;
    MadeImage m_image;
    const std::atomic<bool>* m_isCancelled;
    std::string m_workDir;
    NewContent m_fresh;
    bool m_hasNewLayer = false;
};

} // namespace

Result<std::string> makeImage(ImageStore& images, ContentStore& content, MadeImage image,
    MadeLayer layer, const std::atomic<bool>* isCancelled)
{
    return Maker(images, content, std::move(image), isCancelled).make(std::move(layer));
}

} // namespace portlight::image
