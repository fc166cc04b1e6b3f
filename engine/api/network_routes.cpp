#include "engine/api/network_routes.h"

#include "engine/api/network_json.h"
#include "engine/base/timestamps.h"

#include <algorithm>
#include <limits>

namespace portlight::api {

namespace {

using Filters = std::map<std::string, std::vector<std::string>>;

/// "name" or "name=value" against labels.
bool hasLabel(const std::map<std::string, std::string>& labels, const std::string& wanted)
{
    const auto equals = wanted.find('=');
    const auto found = labels.find(wanted.substr(0, equals));
    return found != labels.end()
        && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

bool matches(const core::Network& network, const std::string& key, const std::string& value)
{
    if (key == "name")
        return network.name.find(value) != std::string::npos;
    if (key == "id")
        return network.id.find(value) != std::string::npos;
    if (key == "driver")
        return network.config.driver == value;
    if (key == "scope")
        return value == "local";
    if (key == "type")
        return (value == "custom") == network.isUserDefined();
    if (key == "dangling")
        return (value == "true" || value == "1")
            == (network.isUserDefined() && network.members.empty());
    return false;
}

Result<void> checkFilters(const Filters& filters)
{
    for (const auto& [key, values] : filters) {
        const bool isKnown = key == "name" || key == "id" || key == "driver" || key == "scope"
            || key == "type" || key == "dangling" || key == "label";
        if (!isKnown)
            return makeError(Errc::InvalidArgument, "invalid filter '" + key.substr(0, 64) + "'");
        for (const auto& value : values)
            if (key == "type" && value != "custom" && value != "builtin")
                return makeError(
                    Errc::InvalidArgument, "invalid filter: 'type'='" + value.substr(0, 64) + "'");
    }
    return success();
}

bool accepts(const Filters& filters, const core::Network& network)
{
    return std::ranges::all_of(filters, [&](const auto& filter) {
        const auto& [key, values] = filter;
        if (key == "label") // all of them
            return std::ranges::all_of(
                values, [&](const auto& value) { return hasLabel(network.config.labels, value); });
        return values.empty() || std::ranges::any_of(values, [&](const std::string& value) {
            return matches(network, key, value);
        });
    });
}

/// {"ContainerPort": "80/tcp", "HostIp", "HostPort"}.
Result<core::PortRequest> portOf(const Json& json)
{
    PL_TRY(const auto port, jsonString(json, "ContainerPort"));
    if (port.empty())
        return makeError(Errc::InvalidArgument, "ContainerPort: say which, as \"80/tcp\"");
    Json bindings = Json::object();
    bindings[port] = Json::array({ json });
    PL_TRY(auto requests, core::portRequestsFromJson(bindings));
    return std::move(requests.front());
}

} // namespace

void NetworkRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const char* pattern,
                         Task<Response> (NetworkRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("GET", "/networks", &NetworkRoutes::list);
    add("GET", "/networks/{id}", &NetworkRoutes::inspect);
    add("DELETE", "/networks/{id}", &NetworkRoutes::remove);
    add("POST", "/networks/create", &NetworkRoutes::create);
    add("POST", "/networks/{id}/connect", &NetworkRoutes::connect);
    add("POST", "/networks/{id}/disconnect", &NetworkRoutes::disconnect);
    add("POST", "/networks/prune", &NetworkRoutes::prune);
    add("GET", "/portlight/v1/containers/{id}/ports", &NetworkRoutes::listPorts);
    add("POST", "/portlight/v1/containers/{id}/ports", &NetworkRoutes::publishPort);
    add("DELETE", "/portlight/v1/containers/{id}/ports", &NetworkRoutes::unpublishPort);
}

/// GET /networks?filters=.
Task<Response> NetworkRoutes::list(Request request)
{
    PL_CO_TRY(const auto filters, request.filters());
    PL_CO_TRY(checkFilters(filters));
    Json list = Json::array();
    for (const auto& network : m_networks.list())
        if (accepts(filters, *network))
            list.push_back(networkJson(*network, false));
    co_return Response::json(list);
}

/// GET /networks/{id}. 404.
Task<Response> NetworkRoutes::inspect(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    if (const auto scope = request.query("scope"); !scope.empty() && scope != "local")
        co_return makeError(Errc::NotFound, "network " + reference + " not found");
    PL_CO_TRY(const auto network, m_networks.find(reference));
    co_return Response::json(networkJson(*network, true));
}

/// POST /networks/create. 201, 400, 403 overlap or a predefined name, 404 driver, 409 name.
Task<Response> NetworkRoutes::create(Request request)
{
    PL_CO_TRY(auto body, co_await request.json());
    PL_CO_TRY(auto id, co_await m_networks.create(std::move(body)));
    const Json json { { "Id", id }, { "Warning", "" } };
    co_return Response::json(json, 201);
}

/// DELETE /networks/{id}. 204, 403 in use or predefined, 404.
Task<Response> NetworkRoutes::remove(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(co_await m_networks.remove(std::move(reference)));
    co_return Response::empty(204);
}

/// POST /networks/{id}/connect {"Container", "EndpointConfig"}. 200, 400, 403 already, 404.
Task<Response> NetworkRoutes::connect(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto body, co_await request.json());
    PL_CO_TRY(auto container, jsonString(body, "Container"));
    PL_CO_TRY(auto endpoint, core::endpointRequestFromJson(jsonMember(body, "EndpointConfig")));
    PL_CO_TRY(co_await m_containers.connect(
        std::move(container), std::move(reference), std::move(endpoint)));
    co_return Response::empty(200);
}

/// POST /networks/{id}/disconnect {"Container", "Force"}. 200, 404.
Task<Response> NetworkRoutes::disconnect(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto body, co_await request.json());
    PL_CO_TRY(auto container, jsonString(body, "Container"));
    PL_CO_TRY(const bool isForced, jsonBool(body, "Force"));
    PL_CO_TRY(
        co_await m_containers.disconnect(std::move(container), std::move(reference), isForced));
    co_return Response::empty(200);
}

/// POST /networks/prune?filters={until,label}.
Task<Response> NetworkRoutes::prune(Request request)
{
    PL_CO_TRY(const auto filters, request.filters());
    std::int64_t untilNs = std::numeric_limits<std::int64_t>::max();
    std::vector<std::string> wanted;
    std::vector<std::string> unwanted;
    for (const auto& [key, values] : filters) {
        if (key == "until" && !values.empty()) {
            PL_CO_TRY(untilNs, parseTimeQuery(values.front()));
        } else if (key == "label") {
            wanted = values;
        } else if (key == "label!") {
            unwanted = values;
        } else {
            co_return makeError(
                Errc::InvalidArgument, "invalid filter '" + key.substr(0, 64) + "'");
        }
    }
    auto isWanted = [=](const core::Network& network) {
        const auto& labels = network.config.labels;
        const auto has = [&](const std::string& label) { return hasLabel(labels, label); };
        return network.createdAtNs < untilNs && std::ranges::all_of(wanted, has)
            && std::ranges::none_of(unwanted, has);
    };
    PL_CO_TRY(const auto removed, co_await m_networks.prune(std::move(isWanted)));
    const Json json { { "NetworksDeleted", removed } };
    co_return Response::json(json);
}

Task<Response> NetworkRoutes::listPorts(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    const Json json { { "Ports", portsJson(*container) } };
    co_return Response::json(json);
}

Task<Response> NetworkRoutes::publishPort(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto body, co_await request.json());
    PL_CO_TRY(const auto wanted, portOf(body));
    PL_CO_TRY(co_await m_containers.publishPort(reference, wanted));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    const Json json { { "Ports", portsJson(*container) } };
    co_return Response::json(json, 201);
}

Task<Response> NetworkRoutes::unpublishPort(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    const Json wanted { { "ContainerPort", request.query("port") },
        { "HostIp", request.query("hostIp") }, { "HostPort", request.query("hostPort") } };
    PL_CO_TRY(const auto port, portOf(wanted));
    PL_CO_TRY(co_await m_containers.unpublishPort(std::move(reference), port));
    co_return Response::empty(204);
}

} // namespace portlight::api
