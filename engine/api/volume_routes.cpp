#include "engine/api/volume_routes.h"

#include "engine/base/timestamps.h"

#include <algorithm>
#include <limits>

namespace portlight::api {

namespace {

using Filters = std::map<std::string, std::vector<std::string>>;

bool hasLabel(const core::Volume& volume, const std::string& wanted)
{
    const auto equals = wanted.find('=');
    const auto found = volume.labels.find(wanted.substr(0, equals));
    return found != volume.labels.end()
        && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

bool isTrue(const std::string& value)
{
    return value == "true" || value == "1";
}

Result<void> checkFilters(const Filters& filters, std::initializer_list<const char*> known)
{
    for (const auto& [key, values] : filters)
        if (std::ranges::none_of(known, [&](const char* name) { return key == name; }))
            return makeError(Errc::InvalidArgument, "invalid filter '" + key.substr(0, 64) + "'");
    return success();
}

} // namespace

Json volumeJson(const core::Volume& volume)
{
    return Json { { "CreatedAt", formatTimestamp(volume.createdAtNs) }, { "Driver", "local" },
        { "Labels", volume.labels.empty() ? Json(nullptr) : Json(volume.labels) },
        { "Mountpoint", volume.mountpoint }, { "Name", volume.name },
        { "Options", volume.options.empty() ? Json(nullptr) : Json(volume.options) },
        { "Scope", "local" } };
}

void VolumeRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const char* pattern,
                         Task<Response> (VolumeRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("GET", "/volumes", &VolumeRoutes::list);
    add("GET", "/volumes/{name}", &VolumeRoutes::inspect);
    add("POST", "/volumes/create", &VolumeRoutes::create);
    add("DELETE", "/volumes/{name}", &VolumeRoutes::remove);
    add("POST", "/volumes/prune", &VolumeRoutes::prune);
}

/// GET /volumes?filters={dangling,driver,label,name}.
Task<Response> VolumeRoutes::list(Request request)
{
    PL_CO_TRY(const auto filters, request.filters());
    PL_CO_TRY(checkFilters(filters, { "dangling", "driver", "label", "name" }));
    const auto accepts = [&](const core::Volume& volume) {
        return std::ranges::all_of(filters, [&](const auto& filter) {
            const auto& [key, values] = filter;
            const auto matches = [&](const std::string& value) {
                if (key == "label")
                    return hasLabel(volume, value);
                if (key == "dangling")
                    return isTrue(value) == m_volumes.usersOf(volume.name).empty();
                if (key == "driver")
                    return value == "local";
                return volume.name.find(value) != std::string::npos;
            };
            return key == "label" ? std::ranges::all_of(values, matches)
                                  : values.empty() || std::ranges::any_of(values, matches);
        });
    };
    Json list = Json::array();
    for (const auto& volume : m_volumes.list())
        if (accepts(*volume))
            list.push_back(volumeJson(*volume));
    const Json json { { "Volumes", std::move(list) }, { "Warnings", nullptr } };
    co_return Response::json(json);
}

/// GET /volumes/{name}. 404.
Task<Response> VolumeRoutes::inspect(Request request)
{
    PL_CO_TRY(const auto name, request.pathParam("name"));
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    co_return Response::json(volumeJson(*volume));
}

/// POST /volumes/create. 201 also for one that is there, 400, 404 driver, 409 other options.
Task<Response> VolumeRoutes::create(Request request)
{
    PL_CO_TRY(auto body, co_await request.json());
    PL_CO_TRY(const auto volume, co_await m_volumes.create(std::move(body)));
    co_return Response::json(volumeJson(*volume), 201);
}

/// DELETE /volumes/{name}?force=. 204, 404, 409 in use.
Task<Response> VolumeRoutes::remove(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(co_await m_volumes.remove(std::move(name), request.queryFlag("force")));
    co_return Response::empty(204);
}

/// POST /volumes/prune?filters={label,label!,all}: anonymous ones, since 1.42 named ones with all
/// alone.
Task<Response> VolumeRoutes::prune(Request request)
{
    PL_CO_TRY(const auto filters, request.filters());
    PL_CO_TRY(checkFilters(filters, { "label", "label!", "all" }));
    const auto valuesOf = [&](const char* key) {
        const auto found = filters.find(key);
        return found == filters.end() ? std::vector<std::string>() : found->second;
    };
    const bool isAll =
        request.version < ApiVersion { 1, 42 } || std::ranges::any_of(valuesOf("all"), isTrue);
    auto isWanted = [isAll, wanted = valuesOf("label"), unwanted = valuesOf("label!")](
                        const core::Volume& volume) {
        const auto has = [&](const std::string& label) { return hasLabel(volume, label); };
        return (isAll || volume.isAnonymous()) && std::ranges::all_of(wanted, has)
            && std::ranges::none_of(unwanted, has);
    };
    PL_CO_TRY(const auto pruned, co_await m_volumes.prune(std::move(isWanted)));
    const Json json { { "VolumesDeleted", pruned.names },
        { "SpaceReclaimed", pruned.reclaimedBytes } };
    co_return Response::json(json);
}

} // namespace portlight::api
