#include "engine/api/image_routes.h"

#include "engine/api/image_json.h"

namespace portlight::api {

void ImageRoutes::addTo(Router& router)
{
    const auto add = [this, &router](const char* method, const char* pattern,
                         Task<Response> (ImageRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("GET", "/images/json", &ImageRoutes::list);
    add("GET", "/images/{name...}/json", &ImageRoutes::inspect);
    add("GET", "/images/{name...}/history", &ImageRoutes::history);
    add("POST", "/images/{name...}/tag", &ImageRoutes::tag);
    add("DELETE", "/images/{name...}", &ImageRoutes::remove);
    add("POST", "/images/prune", &ImageRoutes::prune);
}

// 200; 400 unknown filter.
Task<Response> ImageRoutes::list(Request request)
{
    PL_CO_TRY(auto filters, request.filters());
    PL_CO_TRY(const auto images, co_await m_images.list(std::move(filters)));
    core::LayerUsage usage;
    const bool hasSharedSize = request.queryFlag("shared-size");
    if (hasSharedSize) {
        PL_CO_TRY(const auto all, co_await m_images.list({}));
        usage = core::layerUsage(all);
    }
    Json answer = Json::array();
    for (const image::StoredImage& image : images) {
        Json summary = imageSummaryJson(image, request.version, true);
        if (hasSharedSize)
            summary["SharedSize"] = usage.sharedBytes(image);
        answer.push_back(std::move(summary));
    }
    co_return Response::json(answer);
}

// 200; 404 unknown image.
Task<Response> ImageRoutes::inspect(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto image, co_await m_images.find(std::move(name)));
    co_return Response::json(imageInspectJson(image, request.version));
}

// 200; 404 unknown image.
Task<Response> ImageRoutes::history(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto image, co_await m_images.find(std::move(name)));
    co_return Response::json(imageHistoryJson(image));
}

// 201; 400 bad name; 404 unknown image.
Task<Response> ImageRoutes::tag(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(co_await m_images.tag(std::move(name), request.query("repo"), request.query("tag")));
    co_return Response::empty(201);
}

// 200; 404 unknown image; 409 in use.
Task<Response> ImageRoutes::remove(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    const bool isForced = request.queryFlag("force");
    PL_CO_TRY(const auto removals, co_await m_images.remove(std::move(name), isForced));
    co_return Response::json(removalsJson(removals));
}

// 200; 400 unknown filter.
Task<Response> ImageRoutes::prune(Request request)
{
    PL_CO_TRY(auto filters, request.filters());
    PL_CO_TRY(const auto pruned, co_await m_images.prune(std::move(filters)));
    Json removed = removalsJson(pruned.removals);
    if (removed.empty())
        removed = nullptr;
    const Json answer { { "ImagesDeleted", std::move(removed) },
        { "SpaceReclaimed", pruned.reclaimedBytes } };
    co_return Response::json(answer);
}

} // namespace portlight::api
