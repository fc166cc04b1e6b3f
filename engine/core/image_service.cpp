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

/// Names of one repository only: removing the image by its id takes them all, as docker does.
bool hasOneName(const image::StoredImage& image)
{
    return image.names.size() <= 1;
}

std::string nameIn(const image::StoredImage& image, const std::string& reference)
{
    const auto parsed = oci::Reference::parse(reference);
    if (!parsed)
        return {};
    const std::string name = parsed.value().normalized();
    return std::find(image.names.begin(), image.names.end(), name) != image.names.end()
        ? name
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

Task<std::vector<ImageRemoval>> ImageService::removeName(image::StoredImage image, std::string name)
{
    auto work = [this, name] { return m_images.removeName(name); };
    PL_CO_TRY(co_await offload(m_workers, std::move(work)));
    std::string familiar = image::ImageStore::familiarName(name);
    publish("untag", image, familiar);
    std::vector<ImageRemoval> removals { { std::move(familiar), {} } };
    co_return removals;
}

Task<std::vector<ImageRemoval>> ImageService::removeAll(image::StoredImage image)
{
    std::vector<ImageRemoval> removals;
    auto work = [this, id = image.id] { return m_images.remove(id); };
    PL_CO_TRY(const auto layers, co_await offload(m_workers, std::move(work)));
    for (const std::string& name : image.names) {
        std::string familiar = image::ImageStore::familiarName(name);
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
    const std::string name = nameIn(image, reference);
    if (!name.empty() && !hasOneName(image))
        co_return co_await removeName(std::move(image), name);
    const auto uses = usesOf(image.id);
    if (!name.empty() && !isForced && !uses.empty()) {
        const std::string container(shortId(uses.front().containerId));
        co_return makeError(Errc::Conflict,
            "conflict: unable to remove repository reference \""
                + image::ImageStore::familiarName(name) + "\" (must force) - container " + container
                + " is using its referenced image " + shortImageId(image.id));
    }
    if (name.empty() && !hasOneName(image) && !isForced)
        co_return useConflict(
            shortImageId(image.id), false, "image is referenced in multiple repositories");
    // By its last name, a used image is only untagged (forced), as docker does.
    if (name.empty()) {
        PL_CO_TRY(checkUse(shortImageId(image.id), uses, isForced));
    }
    if (uses.empty())
        co_return co_await removeAll(std::move(image));
    if (image.names.empty())
        co_return useConflict(shortImageId(image.id), true,
            "image is being used by stopped container "
                + std::string(shortId(uses.front().containerId)));
    std::vector<ImageRemoval> removals;
    for (const std::string& each : image.names) {
        PL_CO_TRY(auto step, co_await removeName(image, each));
        removals.insert(removals.end(), step.begin(), step.end());
    }
    co_return removals;
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
