#pragma once

#include "engine/api/router.h"
#include "engine/core/image_service.h"

namespace portlight::api {

/// /images/… but archives: Engine API 1.50, Image. @p images outlives the router.
class ImageRoutes {
public:
    explicit ImageRoutes(core::ImageService& images)
        : m_images(images)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> list(Request request);
    Task<Response> inspect(Request request);
    Task<Response> history(Request request);
    Task<Response> tag(Request request);
    Task<Response> remove(Request request);
    Task<Response> prune(Request request);

    core::ImageService& m_images;
};

} // namespace portlight::api
