#include "engine/image/image_pusher.h"

#include "engine/image/content_store.h"
#include "engine/image/layer_work.h"
#include "engine/oci/manifest.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace portlight::image {

namespace {

constexpr std::size_t kUploads = 4; ///< at the same time
constexpr std::size_t kMountAttempts = 2; ///< repositories tried for one blob
constexpr std::int64_t kProgressStepBytes = 256 << 10;

class Pusher {
public:
    Pusher(ContentStore& content, HttpClient& http, const RegistrySettings& settings,
        const StoredImage& image, const oci::Reference& target, const PushOptions& options)
        : m_content(content)
        , m_image(image)
        , m_target(target)
        , m_options(options)
        , m_registry(http, settings, target, options.credentials, RegistryAccess::Push,
              options.isCancelled)
    {
    }

    Result<PushedImage> run()
    {
        PL_TRY(const auto manifestDigest, Digest::parse(m_image.manifestDigest));
        PL_TRY(const auto bytes, m_content.read(manifestDigest));
        PL_TRY(const auto json, parseJson(bytes));
        PL_TRY(const auto manifest, oci::manifestFromJson(json));
        say(TransferStep::PushBegun, m_target.tag(), m_target.repository());
        std::set<std::string> known;
        std::vector<const StoredLayer*> layers;
        for (const StoredLayer& layer : m_image.layers) {
            say(TransferStep::Preparing, layer.diffId);
            if (known.insert(layer.blobDigest).second)
                layers.push_back(&layer);
        }
        PL_TRY(forEachInParallel(
            layers.size(), kUploads, [&](std::size_t at) { return pushLayer(*layers[at]); }));
        PL_TRY(pushConfig(manifest.config));
        PL_TRY(m_registry.putManifest(m_target.tag(), m_image.manifestMediaType, bytes));
        return PushedImage { m_target.tag(), m_image.manifestDigest,
            static_cast<std::int64_t>(bytes.size()) };
    }

private:
    void say(TransferStep step, const std::string& id, const std::string& text = {},
        std::int64_t current = 0, std::int64_t total = 0)
    {
        if (!m_options.onProgress)
            return;
        const std::lock_guard lock(m_sayMutex);
        m_options.onProgress({ step, id, text, current, total });
    }

    Result<void> pushLayer(const StoredLayer& layer)
    {
        PL_TRY(const auto digest, Digest::parse(layer.blobDigest));
        PL_TRY(const bool isThere, m_registry.hasBlob(digest));
        if (isThere) {
            say(TransferStep::PushedBefore, layer.diffId);
            return success();
        }
        if (const auto sources = m_options.mountSources.find(layer.blobDigest);
            sources != m_options.mountSources.end()) {
            std::size_t attempts = 0;
            for (const std::string& source : sources->second) {
                if (++attempts > kMountAttempts)
                    break;
                const auto mounted = m_registry.mountBlob(digest, source);
                if (!mounted && mounted.error().code == Errc::Cancelled)
                    return mounted.error();
                if (mounted && mounted.value()) {
                    say(TransferStep::Mounted, layer.diffId, source);
                    return success();
                }
            }
        }
        PL_TRY(const auto file, m_content.open(digest));
        std::int64_t reported = 0;
        PL_TRY(m_registry.uploadBlob(digest, file, layer.blobBytes, [&](std::int64_t sent) {
            if (sent - reported < kProgressStepBytes && sent != layer.blobBytes)
                return;
            reported = sent;
            say(TransferStep::Pushing, layer.diffId, {}, sent, layer.blobBytes);
        }));
        say(TransferStep::Pushed, layer.diffId);
        return success();
    }

    Result<void> pushConfig(const oci::Descriptor& config)
    {
        PL_TRY(const bool isThere, m_registry.hasBlob(config.digest));
        if (isThere)
            return success();
        PL_TRY(const auto file, m_content.open(config.digest));
        PL_TRY(const auto size, m_content.sizeBytes(config.digest));
        return m_registry.uploadBlob(config.digest, file, size, {});
    }

    ContentStore& m_content;
    const StoredImage& m_image;
    const oci::Reference& m_target;
    const PushOptions& m_options;
    RegistryClient m_registry;
    std::mutex m_sayMutex;
};

} // namespace

Result<PushedImage> pushImage(ContentStore& content, HttpClient& http,
    const RegistrySettings& settings, const StoredImage& image, const oci::Reference& target,
    const PushOptions& options)
{
    return Pusher(content, http, settings, image, target, options).run();
}

} // namespace portlight::image
