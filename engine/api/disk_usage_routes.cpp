#include "engine/api/disk_usage_routes.h"

#include "engine/api/container_json.h"
#include "engine/api/image_json.h"
#include "engine/api/volume_routes.h"
#include "engine/base/timestamps.h"

#include <algorithm>
#include <array>

namespace portlight::api {

namespace {

constexpr std::array kTypes { "container", "image", "volume", "build-cache" };

} // namespace

void DiskUsageRoutes::addTo(Router& router)
{
    router.add("GET", "/system/df", [this](Request request) { return usage(std::move(request)); });
}

Task<Json> DiskUsageRoutes::imagesJson(ApiVersion version, std::int64_t& layerBytes)
{
    PL_CO_TRY(const auto images, co_await m_images.list({}));
    const core::LayerUsage usage = core::layerUsage(images);
    layerBytes = usage.totalBytes;
    Json list = Json::array();
    for (const image::StoredImage& image : images) {
        Json summary = imageSummaryJson(image, version, true);
        summary["SharedSize"] = usage.sharedBytes(image);
        std::int64_t users = 0;
        for (const auto& container : m_containers.list())
            users += container->imageId == image.id ? 1 : 0;
        summary["Containers"] = users;
        list.push_back(std::move(summary));
    }
    co_return list;
}

Task<Json> DiskUsageRoutes::containersJson()
{
    Json list = Json::array();
    const std::int64_t now = wallClockNs();
    for (const auto& container : m_containers.list()) {
        PL_CO_TRY(const auto bytes, co_await m_containers.ownBytes(container));
        if (!container->isRemoved)
            list.push_back(containerSummaryJson(*container, now, bytes));
    }
    co_return list;
}

Task<Json> DiskUsageRoutes::volumesJson()
{
    Json list = Json::array();
    for (const auto& volume : m_volumes.list()) {
        PL_CO_TRY(const auto bytes, co_await m_volumes.bytes(volume));
        Json json = volumeJson(*volume);
        json["UsageData"] =
            Json { { "Size", bytes }, { "RefCount", m_volumes.usersOf(volume->name).size() } };
        list.push_back(std::move(json));
    }
    co_return list;
}

// 200; 400 unknown type.
Task<Response> DiskUsageRoutes::usage(Request request)
{
    const auto types = request.queryAll("type");
    for (const std::string& type : types)
        if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
            co_return makeError(Errc::InvalidArgument, "unknown object type: " + type);
    const auto isWanted = [&types](const char* type) {
        return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
    };
    Json answer = Json::object();
    std::int64_t layerBytes = 0;
    answer["Images"] = nullptr;
    answer["Containers"] = nullptr;
    answer["Volumes"] = nullptr;
    answer["BuildCache"] = nullptr;
    if (isWanted("image")) {
        PL_CO_TRY(answer["Images"], co_await imagesJson(request.version, layerBytes));
    }
    if (isWanted("container")) {
        PL_CO_TRY(answer["Containers"], co_await containersJson());
    }
    if (isWanted("volume")) {
        PL_CO_TRY(answer["Volumes"], co_await volumesJson());
    }
    if (isWanted("build-cache"))
        answer["BuildCache"] = Json::array();
    answer["LayersSize"] = layerBytes;
    co_return Response::json(answer);
}

} // namespace portlight::api
