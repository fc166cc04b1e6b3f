#include "engine/api/network_json.h"

#include "engine/base/timestamps.h"

#include <algorithm>

namespace portlight::api {

namespace {

using network::IpAddress;

std::string textOf(const IpAddress& address)
{
    return address.isEmpty() ? std::string() : address.text();
}

std::string withLength(const IpAddress& address, unsigned length)
{
    return address.isEmpty() ? std::string() : address.text() + "/" + std::to_string(length);
}

Json memberJson(const core::NetworkMember& member)
{
    const auto& endpoint = member.endpoint;
    return Json { { "Name", member.containerName }, { "EndpointID", endpoint.endpointId },
        { "MacAddress", endpoint.mac },
        { "IPv4Address", withLength(endpoint.ipv4, endpoint.length4) },
        { "IPv6Address", withLength(endpoint.ipv6, endpoint.length6) } };
}

/// @p endpoint may be nullptr: the container does not run.
Json endpointJson(const core::EndpointRequest& request, const core::Endpoint* endpoint)
{
    static const core::Endpoint kNone {};
    const core::Endpoint& now = endpoint == nullptr ? kNone : *endpoint;
    Json addresses = nullptr;
    if (!request.ipv4.isEmpty())
        addresses["IPv4Address"] = request.ipv4.text();
    if (!request.ipv6.isEmpty())
        addresses["IPv6Address"] = request.ipv6.text();
    return Json { { "IPAMConfig", std::move(addresses) }, { "Links", nullptr },
        { "Aliases", request.aliases.empty() ? Json(nullptr) : Json(request.aliases) },
        { "MacAddress", now.hostInterface.empty() ? "" : now.mac }, { "DriverOpts", nullptr },
        { "GwPriority", request.gatewayPriority }, { "NetworkID", now.networkId },
        { "EndpointID", now.endpointId }, { "Gateway", textOf(now.gateway4) },
        { "IPAddress", textOf(now.ipv4) }, { "IPPrefixLen", now.length4 },
        { "IPv6Gateway", textOf(now.gateway6) }, { "GlobalIPv6Address", textOf(now.ipv6) },
        { "GlobalIPv6PrefixLen", now.length6 },
        { "DNSNames", now.names.empty() || !now.isUserDefined ? Json(nullptr) : Json(now.names) } };
}

} // namespace

Json portsJson(const core::Container& container)
{
    Json ports = Json::object();
    if (!container.state.isRunning())
        return ports;
    for (const auto& exposed : container.config.exposedPorts)
        ports[exposed.find('/') == std::string::npos ? exposed + "/tcp" : exposed] = nullptr;
    for (const auto& port : container.network.ports)
        ports[std::to_string(port.containerPort) + "/" + port.protocol].push_back(
            { { "HostIp", port.hostAddress.text() },
                { "HostPort", std::to_string(port.hostPort) } });
    return ports;
}

Json networkJson(const core::Network& network, bool withMembers)
{
    const auto& config = network.config;
    Json json { { "Name", network.name }, { "Id", network.id },
        { "Created", formatTimestamp(network.createdAtNs) }, { "Scope", "local" },
        { "Driver", config.driver }, { "EnableIPv4", true }, { "EnableIPv6", config.hasV6 },
        { "IPAM", core::ipamJson(config) }, { "Internal", config.isInternal },
        { "Attachable", config.isAttachable }, { "Ingress", false },
        { "ConfigFrom", { { "Network", "" } } }, { "ConfigOnly", false },
        { "Containers", Json::object() }, { "Options", config.options },
        { "Labels", config.labels } };
    if (withMembers)
        for (const auto& [id, member] : network.members)
            json["Containers"][id] = memberJson(member);
    return json;
}

Json containerNetworksJson(const core::Container& container)
{
    Json networks = Json::object();
    const auto& mode = container.config.host.networkMode;
    if (mode.starts_with("container:"))
        return networks;
    for (const auto& [name, request] : container.config.networks)
        networks[name == "default" ? "bridge" : name] = endpointJson(request, nullptr);
    for (const auto& endpoint : container.network.endpoints) {
        core::EndpointRequest request;
        for (const auto& [name, asked] : container.config.networks)
            if (name == endpoint.networkName || name == endpoint.networkId
                || (name == "default" && endpoint.networkName == "bridge"))
                request = asked;
        networks.erase(endpoint.networkId);
        networks[endpoint.networkName] = endpointJson(request, &endpoint);
    }
    if (networks.empty())
        networks[mode == "default" ? "bridge" : mode] = endpointJson({}, nullptr);
    return networks;
}

Json networkSettingsJson(const core::Container& container)
{
    static const core::Endpoint kNone {};
    const auto& endpoints = container.network.endpoints;
    const auto found = std::ranges::find_if(
        endpoints, [](const core::Endpoint& endpoint) { return endpoint.networkName == "bridge"; });
    // The fields beside Networks are those of the default network alone.
    const core::Endpoint& own = found == endpoints.end() ? kNone : *found;
    Json json { { "Bridge", "" }, { "SandboxID", container.network.sandboxId },
        { "HairpinMode", false }, { "LinkLocalIPv6Address", "" }, { "LinkLocalIPv6PrefixLen", 0 },
        { "SecondaryIPAddresses", nullptr }, { "SecondaryIPv6Addresses", nullptr },
        { "EndpointID", own.endpointId }, { "Gateway", textOf(own.gateway4) },
        { "GlobalIPv6Address", textOf(own.ipv6) }, { "GlobalIPv6PrefixLen", own.length6 },
        { "IPAddress", textOf(own.ipv4) }, { "IPPrefixLen", own.length4 },
        { "IPv6Gateway", textOf(own.gateway6) }, { "MacAddress", own.mac } };
    json["SandboxKey"] = container.state.isRunning()
        ? "/proc/" + std::to_string(container.state.pid) + "/ns/net"
        : std::string();
    json["Ports"] = portsJson(container);
    json["Networks"] = containerNetworksJson(container);
    return json;
}

Json portListJson(const core::Container& container)
{
    Json list = Json::array();
    if (!container.state.isRunning())
        return list;
    const auto& ports = container.network.ports;
    for (const auto& port : ports)
        list.push_back({ { "IP", port.hostAddress.text() }, { "PrivatePort", port.containerPort },
            { "PublicPort", port.hostPort }, { "Type", port.protocol } });
    for (const auto& exposed : container.config.exposedPorts) {
        const auto port = core::portFromText(exposed);
        if (!port)
            continue;
        const bool isPublished = std::ranges::any_of(ports, [&](const core::PublishedPort& each) {
            return each.containerPort == port.value().containerPort
                && each.protocol == port.value().protocol;
        });
        if (!isPublished)
            list.push_back({ { "PrivatePort", port.value().containerPort },
                { "Type", port.value().protocol } });
    }
    return list;
}

} // namespace portlight::api
