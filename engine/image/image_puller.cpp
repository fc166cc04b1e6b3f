#include "engine/image/image_puller.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/image/blob_download.h"
#include "engine/image/content_store.h"
#include "engine/image/image_store.h"
#include "engine/image/layer_work.h"
#include "engine/oci/manifest.h"

#include <fcntl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace portlight::image {

namespace {

constexpr std::size_t kDownloads = 4; ///< at the same time
constexpr std::int64_t kMaxConfigBytes = 8 << 20;
constexpr int kMaxIndexDepth = 4;

Error inImage(const oci::Reference& name, const Error& error)
{
    return withContext(error, "image " + name.familiar());
}

/// A layer of the image: what is to be fetched, and what is to be unpacked.
struct PulledLayer {
    oci::Descriptor blob;
    LayerWork work;
    bool isFetched = false; ///< its blob is in the store or in a file
    bool isAlone = true; ///< false: another layer of this image has the same blob and fetches it
};

class Puller {
public:
    Puller(ImageStore& images, ContentStore& content, HttpClient& http,
        const RegistrySettings& settings, const oci::Reference& wanted, const PullOptions& options)
        : m_images(images)
        , m_content(content)
        , m_wanted(wanted)
        , m_options(options)
        , m_downloadsDir(content.downloadsDir())
        , m_registry(http, settings, wanted, options.credentials, RegistryAccess::Pull,
              options.isCancelled)
    {
    }

    Result<PulledImage> run()
    {
        PL_TRY(findManifest());
        say(TransferStep::Begun, m_tag, m_wanted.path());
        PL_TRY(const auto work, TempDir::create(m_content.temporaryDir(), "import-"));
        m_workDir = work.path();
        PL_TRY(readConfig());
        PL_TRY(planLayers());
        PL_TRY(checkRoom());
        PL_TRY(fetchAndUnpack());
        PL_TRY(const auto fresh, assemble());
        PL_TRY(syncFileSystem(m_workDir));
        if (isCancelled())
            return makeError(Errc::Cancelled, "cancelled");
        PulledImage pulled { m_config->digest.text(), m_wanted.familiar(), false, {} };
        const auto before = m_images.resolve(m_wanted.normalized());
        pulled.wasUpToDate = before && before.value().id == pulled.id;
        PL_TRY(m_images.publish(fresh));
        for (const PulledLayer& layer : m_layers)
            pulled.notes.insert(
                pulled.notes.end(), layer.work.result.notes.begin(), layer.work.result.notes.end());
        say(TransferStep::Digest, {}, m_topDigest);
        say(TransferStep::Status, {},
            (pulled.wasUpToDate ? "Status: Image is up to date for "
                                : "Status: Downloaded newer image for ")
                + pulled.name);
        return pulled;
    }

private:
    bool isCancelled() const
    {
        return m_options.isCancelled != nullptr && m_options.isCancelled->load();
    }

    void say(TransferStep step, const std::string& id, const std::string& text = {},
        std::int64_t current = 0, std::int64_t total = 0)
    {
        if (!m_options.onProgress)
            return;
        const std::lock_guard lock(m_sayMutex);
        m_options.onProgress({ step, id, text, current, total });
    }

    Result<void> findManifest()
    {
        m_tag = !m_wanted.digest().empty() ? m_wanted.digest()
            : m_wanted.tag().empty()       ? "latest"
                                           : m_wanted.tag();
        PL_TRY(auto fetched, m_registry.manifest(m_tag));
        m_topDigest = fetched.digest.text();
        for (int depth = 0;; ++depth) {
            const auto json = parseJson(fetched.bytes);
            if (!json)
                return inImage(m_wanted, withContext(json.error(), "its manifest"));
            if (jsonMember(json.value(), "schemaVersion") == Json(1))
                return inImage(m_wanted,
                    makeError(Errc::InvalidArgument,
                        "its manifest has the old form \"schema 1\", which is no longer supported; "
                        "push it again with a tool of this decade"));
            const bool isIndex = jsonMember(json.value(), "manifests").is_array();
            if (!isIndex) {
                auto manifest = oci::manifestFromJson(json.value());
                if (!manifest)
                    return inImage(m_wanted, manifest.error());
                m_manifest = std::move(manifest).value();
                m_manifestBytes = std::move(fetched);
                m_config = m_manifest->config;
                return success();
            }
            auto index = oci::indexFromJson(json.value());
            if (!index)
                return inImage(m_wanted, index.error());
            if (depth >= kMaxIndexDepth)
                return inImage(m_wanted,
                    makeError(Errc::InvalidArgument, "its indexes are nested too deeply"));
            const auto platform = m_options.platform.value_or(oci::hostPlatform());
            auto chosen = chooseManifest(index.value().manifests, platform);
            if (!chosen)
                return inImage(m_wanted, chosen.error());
            m_indexes.push_back(std::move(fetched));
            PL_TRY(fetched, m_registry.manifest(chosen.value().digest.text()));
        }
    }

    Result<void> readConfig()
    {
        if (m_config->sizeBytes > kMaxConfigBytes)
            return inImage(m_wanted,
                makeError(Errc::InvalidArgument, "its configuration is larger than 8 MB"));
        std::string text;
        if (m_content.has(m_config->digest)) {
            PL_TRY(text, m_content.read(m_config->digest));
        } else {
            PL_TRY(m_configFile, download(*m_config, [](std::int64_t) { }));
            PL_TRY(text, readFile(m_configFile, kMaxConfigBytes));
        }
        auto json = parseJson(text);
        auto view =
            json ? oci::imageConfigFromJson(json.value()) : Result<oci::ImageConfig>(json.error());
        if (!view)
            return inImage(m_wanted,
                withContext(view.error(), "its configuration " + m_config->digest.text()));
        m_view = std::move(view).value();
        if (m_view.diffIds.size() != m_manifest->layers.size())
            return inImage(m_wanted,
                makeError(Errc::InvalidArgument,
                    "the manifest lists " + std::to_string(m_manifest->layers.size())
                        + " layers, the configuration " + std::to_string(m_view.diffIds.size())
                        + " diff_ids"));
        const oci::Platform offered { m_view.os, m_view.architecture, m_view.variant, {} };
        if (m_options.platform && m_indexes.empty()
            && oci::platformMatch(*m_options.platform, offered) == 0)
            return makeError(Errc::NotFound,
                "image with reference " + m_wanted.familiar() + " was found but its platform ("
                    + oci::platformText(offered) + ") does not match the specified platform ("
                    + oci::platformText(*m_options.platform) + ")");
        return success();
    }

    Result<std::string> download(
        const oci::Descriptor& blob, const std::function<void(std::int64_t)>& onBytes)
    {
        return downloadBlob(m_registry, blob, m_downloadsDir, m_options.isCancelled, onBytes);
    }

    Result<void> planLayers()
    {
        std::string chainId;
        std::set<std::string> blobs;
        m_layers.reserve(m_manifest->layers.size());
        for (std::size_t at = 0; at < m_manifest->layers.size(); ++at) {
            const oci::Descriptor& blob = m_manifest->layers[at];
            const std::string& diffId = m_view.diffIds[at];
            chainId = chainIdOf(chainId, diffId);
            PulledLayer layer { blob,
                { chainId, diffId, blob.digest.text(), {}, blob.sizeBytes, {}, {} }, false, true };
            layer.isAlone = blobs.insert(blob.digest.text()).second;
            if (m_content.has(blob.digest)) {
                layer.isFetched = true;
                layer.work.blobFile = m_content.path(blob.digest);
            }
            PL_TRY(const bool isThere, m_images.hasLayer(chainId));
            if (!isThere)
                layer.work.directory = m_workDir + "/layer-" + std::to_string(at);
            m_layers.push_back(std::move(layer));
        }
        return success();
    }

    // What is compressed will need more than this; less is hopeless from the start.
    Result<void> checkRoom() const
    {
        std::int64_t needed = 0;
        for (const PulledLayer& layer : m_layers)
            if (!layer.isFetched && layer.isAlone)
                needed += layer.blob.sizeBytes;
        PL_TRY(const auto room, roomIn(m_workDir));
        if (needed > room)
            return inImage(m_wanted,
                makeError(Errc::Unavailable,
                    "its layers are " + std::to_string(needed) + " bytes, but only "
                        + std::to_string(room) + " are free in the data directory"));
        return success();
    }

    // Two kinds of work for one set of threads each: layers are unpacked while others come.
    Result<void> fetchAndUnpack()
    {
        std::vector<std::size_t> toFetch;
        for (std::size_t at = 0; at < m_layers.size(); ++at) {
            const PulledLayer& layer = m_layers[at];
            const bool isKnown = layer.isFetched && layer.work.directory.empty();
            say(isKnown ? TransferStep::LayerExists : TransferStep::LayerFound,
                layer.blob.digest.text());
            if (!layer.isFetched && layer.isAlone)
                toFetch.push_back(at);
            else if (layer.isFetched && !layer.work.directory.empty())
                m_ready.push_back(at);
        }
        std::optional<Error> failure;
        const auto keep = [&](Result<void> done) {
            const std::lock_guard lock(m_mutex);
            if (done || failure)
                return;
            failure = std::move(done).error();
            m_hasFailed = true;
            m_changed.notify_all();
        };
        {
            std::jthread fetching([&] {
                keep(forEachInParallel(toFetch.size(), kDownloads,
                    [&](std::size_t at) { return fetch(toFetch[at]); }));
                const std::lock_guard lock(m_mutex);
                m_isFetchingOver = true;
                m_changed.notify_all();
            });
            const std::size_t width = std::max(2U, std::thread::hardware_concurrency());
            keep(forEachInParallel(width, width, [&](std::size_t) { return unpackReady(); }));
        }
        if (failure)
            return inImage(m_wanted, *failure);
        return success();
    }

    Result<void> fetch(std::size_t at)
    {
        PulledLayer& layer = m_layers[at];
        const std::string& id = layer.blob.digest.text();
        const std::int64_t total = layer.blob.sizeBytes;
        if (m_hasFailed)
            return makeError(Errc::Cancelled, "cancelled");
        PL_TRY(const auto file, download(layer.blob, [&](std::int64_t bytes) {
            say(TransferStep::Downloading, id, {}, bytes, total);
        }));
        say(TransferStep::Verifying, id);
        say(TransferStep::Downloaded, id);
        const std::lock_guard lock(m_mutex);
        for (std::size_t each = 0; each < m_layers.size(); ++each) {
            if (m_layers[each].blob.digest != layer.blob.digest)
                continue;
            m_layers[each].work.blobFile = file;
            if (!m_layers[each].work.directory.empty())
                m_ready.push_back(each);
        }
        m_changed.notify_all();
        return success();
    }

    Result<void> unpackReady()
    {
        const LayerReport report = [this](const LayerWork& work, std::int64_t bytes, bool isDone) {
            if (isDone)
                say(TransferStep::Pulled, work.blobDigest);
            else
                say(TransferStep::Extracting, work.blobDigest, {}, bytes, work.blobBytes);
        };
        for (;;) {
            std::size_t at = 0;
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(
                    lock, [&] { return !m_ready.empty() || m_isFetchingOver || m_hasFailed; });
                if (m_hasFailed || m_ready.empty())
                    return success();
                at = m_ready.back();
                m_ready.pop_back();
            }
            PL_TRY(const auto room, roomIn(m_workDir));
            auto done = unpackLayerFile(m_layers[at].work, room, m_options.isCancelled, report);
            if (!done) {
                m_hasFailed = true;
                m_changed.notify_all();
                return done;
            }
        }
    }

    Result<std::string> writeDocument(const FetchedManifest& document)
    {
        const std::string file = m_workDir + "/manifest-" + std::string(document.digest.hex());
        PL_TRY(const auto opened, openFile(file, O_WRONLY | O_CREAT | O_TRUNC, 0600));
        PL_TRY(writeAll(opened, document.bytes));
        return file;
    }

    Result<NewContent> assemble()
    {
        NewContent fresh;
        NewImage image;
        image.id = m_config->digest.text();
        image.manifestDigest = m_manifestBytes->digest.text();
        image.manifestMediaType = m_manifest->mediaType;
        image.repoDigests.push_back({ m_wanted.repository(), m_topDigest });
        if (m_wanted.digest().empty())
            image.names.push_back(m_wanted.normalized());
        for (const FetchedManifest& document : m_indexes) {
            PL_TRY(auto file, writeDocument(document));
            fresh.blobs.push_back({ document.digest, std::move(file) });
        }
        PL_TRY(auto manifestFile, writeDocument(*m_manifestBytes));
        fresh.blobs.push_back({ m_manifestBytes->digest, std::move(manifestFile) });
        if (!m_configFile.empty())
            fresh.blobs.push_back({ m_config->digest, m_configFile });
        for (const PulledLayer& layer : m_layers) {
            const LayerWork& work = layer.work;
            if (!layer.isFetched && layer.isAlone)
                fresh.blobs.push_back({ layer.blob.digest, work.blobFile });
            fresh.layers.push_back(
                { work.chainId, work.diffId, work.directory, work.result.sizeBytes });
            image.layers.push_back({ work.diffId, work.chainId, work.blobDigest,
                layer.blob.mediaType, layer.blob.sizeBytes, 0 });
        }
        fresh.images.push_back(std::move(image));
        return fresh;
    }

    ImageStore& m_images;
    ContentStore& m_content;
    const oci::Reference& m_wanted;
    const PullOptions& m_options;
    std::string m_downloadsDir;
    RegistryClient m_registry;
    std::string m_tag;
    std::string m_topDigest;
    std::vector<FetchedManifest> m_indexes;
    std::optional<FetchedManifest> m_manifestBytes;
    std::optional<oci::Manifest> m_manifest;
    std::optional<oci::Descriptor> m_config;
    std::string m_configFile;
    oci::ImageConfig m_view;
    std::string m_workDir;
    std::vector<PulledLayer> m_layers;
    std::mutex m_sayMutex;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<std::size_t> m_ready; ///< to unpack
    bool m_isFetchingOver = false;
    std::atomic<bool> m_hasFailed = false;
};

// A layer that was here may be removed while the others come: then once more, with that one.
constexpr int kAttempts = 2;

} // namespace

Result<oci::Descriptor> chooseManifest(
    const std::vector<oci::Descriptor>& manifests, const oci::Platform& platform)
{
    const oci::Descriptor* best = nullptr;
    int bestMatch = 0;
    std::string offered;
    for (const oci::Descriptor& descriptor : manifests) {
        // Attestations and other artifacts stand beside images.
        if (descriptor.annotations.contains("vnd.docker.reference.type"))
            continue;
        if (oci::isIndexType(descriptor.mediaType) && !descriptor.platform)
            return descriptor;
        const auto runsOn = descriptor.platform.value_or(oci::Platform {});
        const int match = oci::platformMatch(platform, runsOn);
        if (match > bestMatch) {
            best = &descriptor;
            bestMatch = match;
        }
        offered += (offered.empty() ? "" : ", ")
            + (runsOn.os.empty() ? std::string("unknown") : oci::platformText(runsOn));
    }
    if (best == nullptr)
        return makeError(Errc::NotFound,
            "no matching manifest for " + oci::platformText(platform)
                + " in the manifest list entries; there is "
                + (offered.empty() ? "none" : offered));
    return *best;
}

Result<PulledImage> pullImage(ImageStore& images, ContentStore& content, HttpClient& http,
    const RegistrySettings& settings, const oci::Reference& wanted, const PullOptions& options)
{
    for (int attempt = 1;; ++attempt) {
        Puller puller(images, content, http, settings, wanted, options);
        auto pulled = puller.run();
        const bool isRace = !pulled && isRemovedMeanwhile(pulled.error());
        if (!isRace || attempt >= kAttempts)
            return pulled;
    }
}

} // namespace portlight::image
