#pragma once

#include "engine/api/router.h"
#include "engine/core/container_service.h"
#include "engine/core/image_service.h"
#include "engine/core/volume_service.h"

namespace portlight::api {

/// GET /system/df; Engine API 1.50, SystemDataUsage.
class DiskUsageRoutes {
public:
    /// All outlive the router.
    DiskUsageRoutes(core::ImageService& images, core::ContainerService& containers,
        core::VolumeService& volumes)
        : m_images(images)
        , m_containers(containers)
        , m_volumes(volumes)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> usage(Request request);
    Task<Json> imagesJson(ApiVersion version, std::int64_t& layerBytes);
    Task<Json> containersJson();
    Task<Json> volumesJson();

    core::ImageService& m_images;
    core::ContainerService& m_containers;
    core::VolumeService& m_volumes;
};

} // namespace portlight::api
