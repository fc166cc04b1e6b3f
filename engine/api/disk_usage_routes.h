#pragma once

#include "engine/api/router.h"
#include "engine/core/container_service.h"
#include "engine/core/image_service.h"

#include <functional>

namespace portlight::api {

/// GET /system/df; Engine API 1.50, SystemDataUsage.
class DiskUsageRoutes {
public:
    /// @p volumes gives the list `Volumes` with UsageData. All outlive the router.
    DiskUsageRoutes(core::ImageService& images, core::ContainerService& containers,
        std::function<Task<Json>()> volumes)
        : m_images(images)
        , m_containers(containers)
        , m_volumes(std::move(volumes))
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> usage(Request request);
    Task<Json> imagesJson(ApiVersion version, std::int64_t& layerBytes);
    Task<Json> containersJson();

    core::ImageService& m_images;
    core::ContainerService& m_containers;
    std::function<Task<Json>()> m_volumes;
};

} // namespace portlight::api
