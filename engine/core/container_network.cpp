#include "engine/core/container_network.h"

namespace portlight::core {

using network::IpAddress;

namespace {

std::string textOf(const IpAddress& address)
{
    return address.isEmpty() ? std::string() : address.text();
}

Result<IpAddress> addressOf(const Json& json, const char* key)
{
    PL_TRY(const auto text, jsonString(json, key));
    return text.empty() ? Result<IpAddress>(IpAddress()) : IpAddress::parse(text);
}

Result<std::int64_t> numberOf(const Json& json, const char* key, std::int64_t most)
{
    PL_TRY(const auto number, jsonInt(json, key));
    if (number < 0 || number > most)
        return makeError(Errc::InvalidArgument, std::string(key) + " is out of range");
    return number;
}

Result<Endpoint> endpointFromJson(const Json& json)
{
    Endpoint endpoint;
    PL_TRY(endpoint.networkId, jsonString(json, "networkId"));
    PL_TRY(endpoint.networkName, jsonString(json, "networkName"));
    PL_TRY(endpoint.endpointId, jsonString(json, "endpointId"));
    PL_TRY(endpoint.interface, jsonString(json, "interface"));
    PL_TRY(endpoint.hostInterface, jsonString(json, "hostInterface"));
    PL_TRY(endpoint.mac, jsonString(json, "mac"));
    PL_TRY(endpoint.ipv4, addressOf(json, "ipv4"));
    PL_TRY(const auto length4, numberOf(json, "length4", 32));
    endpoint.length4 = static_cast<unsigned>(length4);
    PL_TRY(endpoint.gateway4, addressOf(json, "gateway4"));
    PL_TRY(endpoint.ipv6, addressOf(json, "ipv6"));
    PL_TRY(const auto length6, numberOf(json, "length6", 128));
    endpoint.length6 = static_cast<unsigned>(length6);
    PL_TRY(endpoint.gateway6, addressOf(json, "gateway6"));
    PL_TRY(endpoint.names, jsonStrings(json, "names"));
    PL_TRY(endpoint.isUserDefined, jsonBool(json, "isUserDefined"));
    PL_TRY(endpoint.isInternal, jsonBool(json, "isInternal"));
    return endpoint;
}

Json toJson(const Endpoint& endpoint)
{
    return Json { { "networkId", endpoint.networkId }, { "networkName", endpoint.networkName },
        { "endpointId", endpoint.endpointId }, { "interface", endpoint.interface },
        { "hostInterface", endpoint.hostInterface }, { "mac", endpoint.mac },
        { "ipv4", textOf(endpoint.ipv4) }, { "length4", endpoint.length4 },
        { "gateway4", textOf(endpoint.gateway4) }, { "ipv6", textOf(endpoint.ipv6) },
        { "length6", endpoint.length6 }, { "gateway6", textOf(endpoint.gateway6) },
        { "names", endpoint.names }, { "isUserDefined", endpoint.isUserDefined },
        { "isInternal", endpoint.isInternal } };
}

Result<PublishedPort> portFromJson(const Json& json)
{
    PublishedPort port;
    PL_TRY(const auto inside, numberOf(json, "containerPort", 65535));
    PL_TRY(const auto outside, numberOf(json, "hostPort", 65535));
    port.containerPort = static_cast<std::uint16_t>(inside);
    port.hostPort = static_cast<std::uint16_t>(outside);
    PL_TRY(port.protocol, jsonString(json, "protocol"));
    PL_TRY(port.hostAddress, addressOf(json, "hostAddress"));
    PL_TRY(port.target, addressOf(json, "target"));
    PL_TRY(const auto pid, jsonInt(json, "forwarderPid"));
    port.forwarder.pid = static_cast<pid_t>(pid);
    PL_TRY(const auto ticks, jsonInt(json, "forwarderStartTicks"));
    port.forwarder.startTicks = static_cast<std::uint64_t>(ticks);
    PL_TRY(const auto slot, numberOf(json, "slot", 65535));
    port.slot = static_cast<unsigned>(slot);
    return port;
}

Json toJson(const PublishedPort& port)
{
    return Json { { "containerPort", port.containerPort }, { "hostPort", port.hostPort },
        { "protocol", port.protocol }, { "hostAddress", textOf(port.hostAddress) },
        { "target", textOf(port.target) }, { "forwarderPid", port.forwarder.pid },
        { "forwarderStartTicks", port.forwarder.startTicks }, { "slot", port.slot } };
}

} // namespace

const Endpoint* ContainerNetwork::find(const std::string& networkId) const
{
    for (const auto& endpoint : endpoints)
        if (endpoint.networkId == networkId)
            return &endpoint;
    return nullptr;
}

Json toJson(const ContainerNetwork& network)
{
    Json json { { "sandboxId", network.sandboxId }, { "endpoints", Json::array() },
        { "ports", Json::array() }, { "usesNameServer", network.usesNameServer } };
    for (const auto& endpoint : network.endpoints)
        json["endpoints"].push_back(toJson(endpoint));
    for (const auto& port : network.ports)
        json["ports"].push_back(toJson(port));
    return json;
}

Result<ContainerNetwork> containerNetworkFromJson(const Json& json)
{
    ContainerNetwork network;
    PL_TRY(network.sandboxId, jsonString(json, "sandboxId"));
    for (const auto& entry : jsonMember(json, "endpoints")) {
        PL_TRY(auto endpoint, endpointFromJson(entry));
        network.endpoints.push_back(std::move(endpoint));
    }
    for (const auto& entry : jsonMember(json, "ports")) {
        PL_TRY(auto port, portFromJson(entry));
        network.ports.push_back(std::move(port));
    }
    PL_TRY(network.usesNameServer, jsonBool(json, "usesNameServer"));
    return network;
}

} // namespace portlight::core
