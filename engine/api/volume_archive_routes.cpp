#include "engine/api/volume_archive_routes.h"

#include "engine/api/progress_lines.h"
#include "engine/api/volume_routes.h"
#include "engine/base/timestamps.h"

namespace portlight::api {

namespace {

struct Format {
    image::Compression compression;
    const char* contentType;
};

Result<Format> formatOf(const std::string& name)
{
    if (name.empty() || name == "none")
        return Format { image::Compression::None, "application/x-tar" };
    if (name == "gzip")
        return Format { image::Compression::Gzip, "application/gzip" };
    if (name == "zstd")
        return Format { image::Compression::Zstd, "application/zstd" };
    return makeError(Errc::InvalidArgument,
        "compression '" + name.substr(0, 64) + "' is none of none, gzip and zstd");
}

Json snapshotJson(const volume::Snapshot& snapshot)
{
    return Json { { "Name", snapshot.name },
        { "CreatedAt", formatTimestamp(snapshot.createdAtNs) } };
}

} // namespace

void VolumeArchiveRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const std::string& rest,
                         Task<Response> (VolumeArchiveRoutes::*handler)(Request)) {
        router.add(method, "/portlight/v1/volumes/{name}" + rest,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("GET", "/export", &VolumeArchiveRoutes::exportVolume);
    add("POST", "/import", &VolumeArchiveRoutes::import);
    add("POST", "/clone", &VolumeArchiveRoutes::clone);
    add("GET", "/snapshots", &VolumeArchiveRoutes::snapshots);
    add("POST", "/snapshots", &VolumeArchiveRoutes::makeSnapshot);
    add("DELETE", "/snapshots/{snapshot}", &VolumeArchiveRoutes::removeSnapshot);
    add("POST", "/snapshots/{snapshot}/restore", &VolumeArchiveRoutes::restore);
}

Task<Response> VolumeArchiveRoutes::exportVolume(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto format, formatOf(request.query("compression")));
    PL_CO_TRY(auto tar, co_await m_volumes.exportVolume(std::move(name), format.compression));
    auto body = [tar = std::move(tar), &workers = m_volumes.workers()](
                    std::shared_ptr<ResponseStream> out) {
        return writeSource(std::move(out), tar, workers);
    };
    co_return Response::streamed(format.contentType, std::move(body));
}

Task<Response> VolumeArchiveRoutes::import(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    auto next = [body = request.body]() -> Task<std::string> { return body->read(); };
    PL_CO_TRY(const auto volume, co_await m_volumes.import(std::move(name), std::move(next)));
    co_return Response::json(volumeJson(*volume), 201);
}

Task<Response> VolumeArchiveRoutes::clone(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto volume, co_await m_volumes.clone(std::move(name), request.query("to")));
    co_return Response::json(volumeJson(*volume), 201);
}

Task<Response> VolumeArchiveRoutes::snapshots(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(const auto snapshots, co_await m_volumes.snapshots(std::move(name)));
    Json list = Json::array();
    for (const auto& snapshot : snapshots)
        list.push_back(snapshotJson(snapshot));
    co_return Response::json(list);
}

Task<Response> VolumeArchiveRoutes::makeSnapshot(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(
        const auto made, co_await m_volumes.makeSnapshot(std::move(name), request.query("name")));
    co_return Response::json(snapshotJson(made), 201);
}

Task<Response> VolumeArchiveRoutes::removeSnapshot(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(auto snapshot, request.pathParam("snapshot"));
    PL_CO_TRY(co_await m_volumes.removeSnapshot(std::move(name), std::move(snapshot)));
    co_return Response::empty(204);
}

Task<Response> VolumeArchiveRoutes::restore(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(auto snapshot, request.pathParam("snapshot"));
    const auto to = request.query("to");
    PL_CO_TRY(
        const auto volume, co_await m_volumes.restore(std::move(name), std::move(snapshot), to));
    co_return Response::json(volumeJson(*volume), to.empty() ? 200 : 201);
}

} // namespace portlight::api
