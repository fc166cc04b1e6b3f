#include "engine/core/image_service.h"

#include "engine/base/id.h"

#include <algorithm>

namespace portlight::core {

namespace {

std::string shortImageId(const std::string& id)
{
    return std::string(shortId(id.substr(id.find(':') + 1)));
}

Error useConflict(const std::string& what, bool isHard, const std::string& why)
{
    return makeError(Errc::Conflict,
        "conflict: unable to delete " + what
            + (isHard ? " (cannot be forced) - " : " (must be forced) - ") + why);
}

// Texts as Engine API clients know them (docker's image_delete).
Result<void> checkUse(const std::string& what, const std::vector<ContainerUse>& uses, bool isForced)
{
    for (const ContainerUse& use : uses)
        if (use.isRunning)
            return useConflict(what, true,
                "image is being used by running container "
                    + std::string(shortId(use.containerId)));
    if (!isForced && !uses.empty())
        return useConflict(what, false,
            "image is being used by stopped container "
                + std::string(shortId(uses.front().containerId)));
    return success();
}

/// A name of @p image, or a "repository@digest" of it: all that it can be removed by besides its
/// id.
std::string digestReference(const image::RepoDigest& repoDigest)
{
    return repoDigest.repository + "@" + repoDigest.digest;
}

bool isDigestReference(const std::string& reference)
{
    return reference.find('@') != std::string::npos;
}

std::string repositoryOf(const std::string& reference)
{
    const auto parsed = oci::Reference::parse(reference);
    return parsed ? parsed.value().repository() : reference;
}

std::vector<std::string> referencesOf(const image::StoredImage& image)
{
    std::vector<std::string> references = image.names;
    for (const image::RepoDigest& repoDigest : image.repoDigests)
        references.push_back(digestReference(repoDigest));
    return references;
}

/// At most one name, and digests of its repository alone: removing the image by its id takes them
/// all, as docker does.
bool hasSingleReference(const image::StoredImage& image)
{
    if (image.names.size() > 1)
        return false;
    const auto references = referencesOf(image);
    return references.empty()
        || std::all_of(references.begin(), references.end(), [&](const std::string& each) {
               return repositoryOf(each) == repositoryOf(references.front());
           });
}

/// The reference of @p image that @p text is; empty where it is an id.
std::string referenceIn(const image::StoredImage& image, const std::string& text)
{
    const auto parsed = oci::Reference::parse(text);
    if (!parsed)
        return {};
    const std::string wanted = parsed.value().digest().empty()
        ? parsed.value().normalized()
        : parsed.value().repository() + "@" + parsed.value().digest();
    const auto references = referencesOf(image);
    return std::find(references.begin(), references.end(), wanted) != references.end()
        ? wanted
        : std::string();
}

} // namespace

ImageService::ImageService(image::ImageStore& images, EventBus& events, asio::thread_pool& workers)
    : m_images(images)
    , m_events(events)
    , m_workers(workers)
{
}

std::vector<ContainerUse> ImageService::usesOf(const std::string& imageId) const
{
    return m_useLookup ? m_useLookup(imageId) : std::vector<ContainerUse>();
}

void ImageService::publish(
    const std::string& action, const image::StoredImage& image, std::string name)
{
    Event event { "image", action, image.id, image.config.run.labels, 0 };
    event.attributes["name"] = std::move(name);
    m_events.publish(std::move(event));
}

Task<std::vector<image::StoredImage>> ImageService::list(ImageFilters filters)
{
    auto work = [this, filters = std::move(filters)]() -> Result<std::vector<image::StoredImage>> {
        PL_TRY(auto all, m_images.list());
        return filterImages(std::move(all), filters, m_images);
    };
    co_return co_await offload(m_workers, std::move(work));
}

Task<image::StoredImage> ImageService::find(std::string reference)
{
    auto work = [this, reference = std::move(reference)] { return m_images.resolve(reference); };
    co_return co_await offload(m_workers, std::move(work));
}

Task<std::int64_t> ImageService::count()
{
    PL_CO_TRY(const auto images, co_await list({}));
    co_return static_cast<std::int64_t>(images.size());
}

Task<void> ImageService::tag(std::string reference, std::string repository, std::string tag)
{
    PL_CO_TRY(auto image, co_await find(std::move(reference)));
    PL_CO_TRY(auto name, oci::Reference::parse(repository));
    if (!tag.empty()) {
        if (!oci::isValidTag(tag))
            co_return makeError(Errc::InvalidArgument, "invalid tag format");
        name = name.withTag(std::move(tag));
    }
    if (!name.digest().empty())
        co_return makeError(
            Errc::InvalidArgument, "refusing to create a tag with a digest reference");
    auto work = [this, id = image.id, normalized = name.normalized()] {
        return m_images.addName(id, normalized);
    };
    PL_CO_TRY(co_await offload(m_workers, std::move(work)));
    publish("tag", image, name.familiar());
    co_return success();
}

Task<void> ImageService::untag(
    image::StoredImage& image, std::string reference, std::vector<ImageRemoval>& removals)
{
    auto work = [this, reference, id = image.id]() -> Result<void> {
        return isDigestReference(reference)
            ? m_images.removeRepoDigests(id, repositoryOf(reference))
            : m_images.removeName(reference);
    };
    PL_CO_TRY(co_await offload(m_workers, std::move(work)));
    std::erase(image.names, reference);
    std::erase_if(image.repoDigests, [&reference](const image::RepoDigest& repoDigest) {
        return digestReference(repoDigest) == reference;
    });
    std::string familiar = image::ImageStore::familiarName(reference);
    publish("untag", image, familiar);
    removals.push_back({ std::move(familiar), {} });
    co_return success();
}

Task<std::vector<ImageRemoval>> ImageService::removeAll(image::StoredImage image)
{
    std::vector<ImageRemoval> removals;
    auto work = [this, id = image.id] { return m_images.remove(id); };
    PL_CO_TRY(const auto layers, co_await offload(m_workers, std::move(work)));
    for (const std::string& reference : referencesOf(image)) {
        std::string familiar = image::ImageStore::familiarName(reference);
        publish("untag", image, familiar);
        removals.push_back({ std::move(familiar), {} });
    }
    publish("delete", image, image.id);
    removals.push_back({ {}, image.id });
    for (const std::string& chainId : layers)
        removals.push_back({ {}, chainId });
    co_return removals;
}

Task<std::vector<ImageRemoval>> ImageService::remove(std::string reference, bool isForced)
{
    PL_CO_TRY(auto image, co_await find(reference));
    std::string known = referenceIn(image, reference);
    if (known.empty())
        co_return co_await removeById(std::move(image), isForced);
    co_return co_await removeReference(std::move(image), std::move(known), isForced);
}

Task<std::vector<ImageRemoval>> ImageService::removeReference(
    image::StoredImage image, std::string reference, bool isForced)
{
    const auto uses = usesOf(image.id);
    if (!isForced && hasSingleReference(image) && !uses.empty())
        co_return makeError(Errc::Conflict,
            "conflict: unable to remove repository reference \""
                + image::ImageStore::familiarName(reference) + "\" (must force) - container "
                + std::string(shortId(uses.front().containerId)) + " is using its referenced image "
                + shortImageId(image.id));
    std::vector<ImageRemoval> removals;
    PL_CO_TRY(co_await untag(image, reference, removals));
    // Digests of a repository go with its last name.
    const std::string repository = repositoryOf(reference);
    const bool hasNameThere = std::any_of(image.names.begin(), image.names.end(),
        [&repository](const std::string& name) { return repositoryOf(name) == repository; });
    if (!isDigestReference(reference) && !hasNameThere) {
        const auto digests = image.repoDigests;
        for (const image::RepoDigest& repoDigest : digests)
            if (repoDigest.repository == repository) {
                PL_CO_TRY(co_await untag(image, digestReference(repoDigest), removals));
            }
    }
    if (!referencesOf(image).empty() || !uses.empty())
        co_return removals;
    PL_CO_TRY(const auto rest, co_await removeAll(std::move(image)));
    removals.insert(removals.end(), rest.begin(), rest.end());
    co_return removals;
}

Task<std::vector<ImageRemoval>> ImageService::removeById(image::StoredImage image, bool isForced)
{
    const auto uses = usesOf(image.id);
    PL_CO_TRY(checkUse(shortImageId(image.id), uses, isForced));
    if (!isForced && !hasSingleReference(image))
        co_return useConflict(
            shortImageId(image.id), false, "image is referenced in multiple repositories");
    if (uses.empty())
        co_return co_await removeAll(std::move(image));
    const auto references = referencesOf(image);
    if (references.empty())
        co_return useConflict(shortImageId(image.id), true,
            "image is being used by stopped container "
                + std::string(shortId(uses.front().containerId)));
    std::vector<ImageRemoval> removals;
    for (const std::string& reference : references) {
        PL_CO_TRY(co_await untag(image, reference, removals));
    }
    co_return removals;
}

std::int64_t LayerUsage::sharedBytes(const image::StoredImage& image) const
{
    std::int64_t bytes = 0;
    for (const image::StoredLayer& layer : image.layers)
        if (const auto count = images.find(layer.chainId);
            count != images.end() && count->second > 1)
            bytes += layer.sizeBytes;
    return bytes;
}

LayerUsage layerUsage(const std::vector<image::StoredImage>& all)
{
    LayerUsage usage;
    for (const image::StoredImage& image : all)
        for (const image::StoredLayer& layer : image.layers)
            if (++usage.images[layer.chainId] == 1)
                usage.totalBytes += layer.sizeBytes;
    return usage;
}

Task<PrunedImages> ImageService::prune(ImageFilters filters)
{
    bool isDanglingOnly = true;
    if (const auto dangling = filters.find("dangling"); dangling != filters.end()) {
        for (const std::string& value : dangling->second)
            isDanglingOnly = isDanglingOnly && value != "false" && value != "0";
        filters.erase(dangling);
    }
    PL_CO_TRY(auto candidates, co_await list(std::move(filters)));
    PrunedImages pruned;
    for (image::StoredImage& image : candidates) {
        if ((isDanglingOnly && !image.names.empty()) || !usesOf(image.id).empty())
            continue;
        std::map<std::string, std::int64_t> sizes;
        for (const image::StoredLayer& layer : image.layers)
            sizes[layer.chainId] = layer.sizeBytes + layer.blobBytes;
        PL_CO_TRY(auto removals, co_await removeAll(std::move(image)));
        for (ImageRemoval& removal : removals) {
            const auto size = sizes.find(removal.deleted);
            pruned.reclaimedBytes += size == sizes.end() ? 0 : size->second;
            pruned.removals.push_back(std::move(removal));
        }
    }
    co_return pruned;
}

} // namespace portlight::core
