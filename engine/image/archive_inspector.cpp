#include "engine/image/archive_inspector.h"

#include "engine/base/temp_dir.h"
#include "engine/image/archive_index.h"
#include "engine/image/content_store.h"
#include "engine/image/layer_work.h"
#include "engine/image/system_image.h"

#include <set>

namespace portlight::image {

namespace {

const char* nameOf(Compression compression)
{
    switch (compression) {
    case Compression::None:
        return "none";
    case Compression::Gzip:
        return "gzip";
    case Compression::Zstd:
        return "zstd";
    case Compression::Other:
        break;
    }
    return "other";
}

const char* formatOf(const ArchiveReader& archive)
{
    const bool isLayout = archive.find("oci-layout") != nullptr;
    if (archive.find("manifest.json") == nullptr)
        return isLayout              ? "oci-archive"
            : isSystemImage(archive) ? "lxc-image"
                                     : "docker-archive-v1";
    return isLayout ? "docker-archive+oci" : "docker-archive";
}

// History entries without a layer are passed over.
std::vector<std::string> creatorsOf(const oci::ImageConfig& config)
{
    std::vector<std::string> creators;
    for (const oci::HistoryEntry& entry : config.history)
        if (!entry.isEmptyLayer)
            creators.push_back(entry.createdBy);
    creators.resize(config.diffIds.size());
    return creators;
}

} // namespace

Result<ArchiveReport> inspectArchive(const ImageStore& images, const ContentStore& content,
    std::unique_ptr<ByteSource> archive, const std::string& shownName,
    const std::optional<oci::Platform>& platform, const std::atomic<bool>* isCancelled)
{
    PL_TRY(const auto work, TempDir::create(content.temporaryDir(), "import-"));
    ReadLimits limits;
    limits.isCancelled = isCancelled;
    limits.isInspecting = true;
    limits.fallback = &content;
    PL_TRY(
        const auto reader, ArchiveReader::read(std::move(archive), work.path(), shownName, limits));
    PL_TRY(const auto found, imagesIn(reader, platform));
    ArchiveReport report { formatOf(reader), nameOf(reader.compression()), reader.bytes(), 0, {} };
    for (const ArchivedImage& image : found) {
        InspectedImage one;
        one.id = image.config->digest.text();
        one.manifestDigest = Digest::of(image.manifest).text();
        one.names = image.names;
        one.config = image.view;
        one.configBytes = image.config->sizeBytes;
        const auto creators = creatorsOf(image.view);
        for (std::size_t at = 0; at < image.layers.size(); ++at) {
            const ArchivedLayer& layer = image.layers[at];
            const bool isLeftOut = reader.find(layer.member->digest) == nullptr;
            one.layers.push_back({ layer.diffId, layer.member->digest.text(), layer.member->path,
                isLeftOut, layer.mediaType, layer.member->sizeBytes, false, creators[at] });
        }
        report.images.push_back(std::move(one));
    }
    PL_TRY(markPresent(images, content, report));
    return report;
}

Result<void> markPresent(
    const ImageStore& images, const ContentStore& content, ArchiveReport& report)
{
    std::set<std::string> counted;
    report.newBytes = 0;
    const auto count = [&](const std::string& text, std::int64_t bytes) -> Result<void> {
        PL_TRY(const auto digest, Digest::parse(text));
        if (!content.has(digest) && counted.insert(text).second)
            report.newBytes += bytes;
        return success();
    };
    for (InspectedImage& image : report.images) {
        PL_TRY(image.isPresent, images.hasImage(image.id));
        PL_TRY(count(image.id, image.configBytes));
        std::string chainId;
        for (InspectedLayer& layer : image.layers) {
            chainId = chainIdOf(chainId, layer.diffId);
            PL_TRY(layer.isPresent, images.hasLayer(chainId));
            PL_TRY(count(layer.blobDigest, layer.blobBytes));
        }
    }
    return success();
}

} // namespace portlight::image
