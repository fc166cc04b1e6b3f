#include "engine/api/container_routes.h"

#include "engine/api/container_filter.h"
#include "engine/api/container_json.h"
#include "engine/base/timestamps.h"
#include "engine/core/network_service.h"
#include "engine/core/process_list.h"

namespace portlight::api {

namespace {

/// Resolves what the filters name outside of themselves, and checks them.
Task<ContainerFilter> makeFilter(core::ContainerService& containers, Request& request)
{
    PL_CO_TRY(auto filters, request.filters());
    std::vector<std::string> imageIds;
    if (const auto ancestors = filters.find("ancestor"); ancestors != filters.end()) {
        auto resolve = [&images = containers.parts().images, references = ancestors->second]() {
            std::vector<std::string> ids;
            for (const auto& reference : references)
                if (const auto image = images.resolve(reference))
                    ids.push_back(image.value().id);
            return ids;
        };
        imageIds = co_await offload(containers.parts().pool, std::move(resolve));
    }
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> since;
    for (const auto& [key, time] :
        { std::pair { "before", &before }, std::pair { "since", &since } }) {
        const auto named = filters.find(key);
        if (named == filters.end() || named->second.empty())
            continue;
        PL_CO_TRY(const auto container, containers.find(named->second.front()));
        *time = container->createdAtNs;
    }
    co_return ContainerFilter::create(std::move(filters), std::move(imageIds), before, since);
}

} // namespace

void ContainerRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const char* pattern,
                         Task<Response> (ContainerRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("POST", "/containers/create", &ContainerRoutes::create);
    add("GET", "/containers/json", &ContainerRoutes::list);
    add("GET", "/containers/{id}/json", &ContainerRoutes::inspect);
    add("DELETE", "/containers/{id}", &ContainerRoutes::remove);
    add("POST", "/containers/{id}/rename", &ContainerRoutes::rename);
    add("POST", "/containers/prune", &ContainerRoutes::prune);
    add("GET", "/containers/{id}/top", &ContainerRoutes::top);
}

/// POST /containers/create?name=. 201, 400 bad body, 404 image, 409 name, 501 a field this engine
/// does not honour, 503 a limit this host cannot give.
Task<Response> ContainerRoutes::create(Request request)
{
    PL_CO_TRY(auto body, co_await request.json());
    PL_CO_TRY(auto created, co_await m_containers.create(std::move(body), request.query("name")));
    const Json json { { "Id", created.id }, { "Warnings", created.warnings } };
    co_return Response::json(json, 201);
}

/// GET /containers/json?all=&limit=&size=&filters=.
Task<Response> ContainerRoutes::list(Request request)
{
    PL_CO_TRY(const auto filter, co_await makeFilter(m_containers, request));
    PL_CO_TRY(const auto limit, request.queryInt("limit"));
    const std::int64_t most = limit.value_or(0);
    const bool isAll = request.queryFlag("all") || most > 0 || filter.includesStopped();
    const bool wantsSize = request.queryFlag("size");
    Json list = Json::array();
    for (const auto& container : m_containers.list()) {
        if (most > 0 && list.size() >= static_cast<std::size_t>(most))
            break;
        if ((!isAll && !container->state.isActive()) || !filter.accepts(*container))
            continue;
        std::optional<std::int64_t> ownBytes;
        if (wantsSize) {
            PL_CO_TRY(ownBytes, co_await m_containers.ownBytes(container));
        }
        list.push_back(containerSummaryJson(*container, wallClockNs(), ownBytes));
    }
    co_return Response::json(list);
}

/// GET /containers/{id}/json?size=.
Task<Response> ContainerRoutes::inspect(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    std::optional<std::int64_t> ownBytes;
    if (request.queryFlag("size")) {
        PL_CO_TRY(ownBytes, co_await m_containers.ownBytes(container));
    }
    Json json = containerInspectJson(*container, m_containers.bundleOf(*container), ownBytes);
    // A field of our own: a user's container without pasta or slirp4netns says so itself.
    const auto& lack = m_containers.parts().networks.outsideLack();
    if (!lack.empty() && !container->network.endpoints.empty())
        json["NetworkSettings"]["OutboundError"] = lack;
    co_return Response::json(json);
}

/// DELETE /containers/{id}?force=&v=&link=. 204, 404, 409 running.
Task<Response> ContainerRoutes::remove(Request request)
{
    if (request.queryFlag("link"))
        co_return makeError(Errc::NotImplemented, "link: links are not offered by this engine");
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(co_await m_containers.remove(
        std::move(reference), request.queryFlag("force"), request.queryFlag("v")));
    co_return Response::empty(204);
}

/// POST /containers/{id}/rename?name=. 204, 400 bad name, 404, 409 name in use.
Task<Response> ContainerRoutes::rename(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(co_await m_containers.rename(std::move(reference), request.query("name")));
    co_return Response::empty(204);
}

/// POST /containers/prune?filters={until,label}.
Task<Response> ContainerRoutes::prune(Request request)
{
    PL_CO_TRY(auto filters, request.filters());
    std::int64_t untilNs = std::numeric_limits<std::int64_t>::max();
    for (const auto& [name, values] : filters) {
        if (name != "until" && name != "label" && name != "label!")
            co_return makeError(Errc::InvalidArgument, "invalid filter '" + name + "'");
        if (name == "until" && !values.empty()) {
            PL_CO_TRY(untilNs, parseTimeQuery(values.front()));
        }
    }
    PL_CO_TRY(
        auto filter, ContainerFilter::create(std::move(filters), {}, std::nullopt, std::nullopt));
    auto isWanted = [filter = std::move(filter), untilNs](const core::Container& container) {
        return container.createdAtNs < untilNs && filter.accepts(container);
    };
    PL_CO_TRY(const auto pruned, co_await m_containers.prune(std::move(isWanted)));
    const Json json { { "ContainersDeleted", pruned.ids },
        { "SpaceReclaimed", pruned.reclaimedBytes } };
    co_return Response::json(json);
}

/// GET /containers/{id}/top. Columns as `ps -ef`; other ps_args are refused.
Task<Response> ContainerRoutes::top(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    if (const auto wanted = request.query("ps_args"); !wanted.empty() && wanted != "-ef")
        co_return makeError(Errc::NotImplemented, "ps_args: only -ef is offered by this engine");
    if (!container->state.isRunning())
        co_return makeError(Errc::Conflict, "container " + container->id + " is not running");
    auto read = [pid = container->state.pid] { return core::listProcesses(pid); };
    PL_CO_TRY(const auto processes, co_await offload(m_containers.parts().pool, std::move(read)));
    Json rows = Json::array();
    for (const auto& process : processes)
        rows.push_back(
            { process.user, std::to_string(process.pid), std::to_string(process.parentPid), "0",
                process.startTime, "?", process.cpuTime, process.command });
    Json json { { "Titles", { "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD" } } };
    json["Processes"] = std::move(rows);
    co_return Response::json(json);
}

} // namespace portlight::api
