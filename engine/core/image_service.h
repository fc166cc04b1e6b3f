#pragma once

#include "engine/base/async.h"
#include "engine/core/event_bus.h"
#include "engine/image/image_store.h"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace portlight::core {

/// A container that was made from an image.
struct ContainerUse {
    std::string containerId;
    bool isRunning = false;
};

/// Docker's filters of an image list; Engine API 1.50, ImageList. All that are given must match,
/// within one of them any value.
using ImageFilters = std::map<std::string, std::vector<std::string>>;

/// One step of a removal, as DELETE /images/{name} answers them.
struct ImageRemoval {
    std::string untagged; ///< familiar name; or
    std::string deleted; ///< id of an image, chain id of a layer
};

struct PrunedImages {
    std::vector<ImageRemoval> removals;
    std::int64_t reclaimedBytes = 0;
};

/// What can be done with images that are here. Belongs to the io thread.
class ImageService {
public:
    using UseLookup = std::function<std::vector<ContainerUse>(const std::string& imageId)>;

    /// All outlive the service. Without setUseLookup() no image counts as used.
    ImageService(image::ImageStore& images, EventBus& events, asio::thread_pool& workers);
    void setUseLookup(UseLookup lookup) { m_useLookup = std::move(lookup); }

    /// Newest first. Errors: InvalidArgument for an unknown filter or value, NotFound for the image
    /// that before or since names.
    Task<std::vector<image::StoredImage>> list(ImageFilters filters);
    /// Errors: as ImageStore::resolve.
    Task<image::StoredImage> find(std::string reference);
    Task<std::int64_t> count();
    /// Gives an image another name. Errors: NotFound; InvalidArgument for a bad name.
    Task<void> tag(std::string reference, std::string repository, std::string tag);
    /// By a name or digest reference: takes that away, and the image with its last one unless a
    /// container uses it. By id: removes it with its names, where they are of one repository.
    /// Errors: NotFound; Conflict, worded as docker does, while a container or several names need
    /// it. @p isForced overrides all but running containers; an image of stopped containers then
    /// loses its names and stays until they are gone, because they stand on its layers.
    Task<std::vector<ImageRemoval>> remove(std::string reference, bool isForced);
    /// Removes images without a name (or, with dangling=false, all) that no container uses.
    /// Filters: dangling, label, label!, until. Errors: InvalidArgument.
    Task<PrunedImages> prune(ImageFilters filters);

private:
    std::vector<ContainerUse> usesOf(const std::string& imageId) const;
    void publish(const std::string& action, const image::StoredImage& image, std::string name);
    Task<void> untag(
        image::StoredImage& image, std::string reference, std::vector<ImageRemoval>& removals);
    Task<std::vector<ImageRemoval>> removeReference(
        image::StoredImage image, std::string reference, bool isForced);
    Task<std::vector<ImageRemoval>> removeById(image::StoredImage image, bool isForced);
    Task<std::vector<ImageRemoval>> removeAll(image::StoredImage image);

    image::ImageStore& m_images;
    EventBus& m_events;
    asio::thread_pool& m_workers;
    UseLookup m_useLookup;
};

/// The images of @p all (the whole list) that @p filters accept. Errors: InvalidArgument.
Result<std::vector<image::StoredImage>> filterImages(std::vector<image::StoredImage> all,
    const ImageFilters& filters, const image::ImageStore& images);

/// What layers take, each counted once.
struct LayerUsage {
    std::int64_t totalBytes = 0;
    std::map<std::string, int> images; ///< chain id to how many have it

    /// What @p image has in common with others.
    std::int64_t sharedBytes(const image::StoredImage& image) const;
};
LayerUsage layerUsage(const std::vector<image::StoredImage>& all);

/// RFC 3339 to nanoseconds since the epoch; 0 for what is empty or none.
std::int64_t createdNs(const image::StoredImage& image);

} // namespace portlight::core
