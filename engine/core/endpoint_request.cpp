#include "engine/core/endpoint_request.h"

#include "engine/network/links.h"

#include <algorithm>
#include <charconv>

namespace portlight::core {

using network::IpAddress;

namespace {

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

Result<IpAddress> addressOf(const Json& json, const char* key, bool isV6)
{
    PL_TRY(const auto text, jsonString(json, key));
    if (text.empty())
        return IpAddress();
    PL_TRY(auto address, IpAddress::parse(text));
    if (address.isV6() != isV6)
        return invalid(std::string("invalid ") + (isV6 ? "IPv6" : "IPv4") + " address: " + text);
    return address;
}

bool isName(const std::string& text)
{
    return !text.empty() && text.size() <= 253
        && text.find_first_of(" \t\r\n\0\"", 0, 6) == std::string::npos;
}

Result<std::uint16_t> portNumber(std::string_view text)
{
    unsigned number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || code != std::errc() || end != text.data() + text.size() || number > 65535)
        return invalid("invalid port specification: '" + std::string(text.substr(0, 64)) + "'");
    return static_cast<std::uint16_t>(number);
}

} // namespace

Result<EndpointRequest> endpointRequestFromJson(const Json& json)
{
    EndpointRequest request;
    if (json.is_null())
        return request;
    if (!json.is_object())
        return invalid("EndpointSettings must be an object");
    PL_TRY(request.aliases, jsonStrings(json, "Aliases"));
    for (const auto& alias : request.aliases)
        if (!isName(alias))
            return invalid("invalid network alias '" + alias.substr(0, 64) + "'");
    const Json& addresses = jsonMember(json, "IPAMConfig");
    PL_TRY(request.ipv4, addressOf(addresses, "IPv4Address", false));
    PL_TRY(request.ipv6, addressOf(addresses, "IPv6Address", true));
    PL_TRY(request.mac, jsonString(json, "MacAddress"));
    if (!request.mac.empty()) {
        PL_TRY(network::parseMac(request.mac));
    }
    PL_TRY(request.gatewayPriority, jsonInt(json, "GwPriority"));
    if (const Json& links = jsonMember(json, "Links"); !links.is_null() && !links.empty())
        return makeError(
            Errc::NotImplemented, "Links: not offered by this engine; use a network and names");
    return request;
}

Json toJson(const EndpointRequest& request)
{
    Json json { { "Aliases", request.aliases }, { "MacAddress", request.mac },
        { "GwPriority", request.gatewayPriority } };
    if (!request.ipv4.isEmpty())
        json["IPAMConfig"]["IPv4Address"] = request.ipv4.text();
    if (!request.ipv6.isEmpty())
        json["IPAMConfig"]["IPv6Address"] = request.ipv6.text();
    return json;
}

Result<EndpointRequests> endpointRequestsFromJson(const Json& json)
{
    EndpointRequests requests;
    const Json& list = jsonMember(json, "EndpointsConfig");
    if (!list.is_null() && !list.is_object())
        return invalid("NetworkingConfig.EndpointsConfig must be an object");
    for (const auto& [network, settings] : list.items()) {
        PL_TRY(auto request, endpointRequestFromJson(settings));
        requests.emplace(network, std::move(request));
    }
    return requests;
}

Result<PortRequest> portFromText(const std::string& text)
{
    const auto slash = text.find('/');
    PortRequest port;
    port.protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1);
    PL_TRY(port.containerPort, portNumber(std::string_view(text).substr(0, slash)));
    if (port.containerPort == 0)
        return invalid("invalid port specification: '" + text.substr(0, 64) + "'");
    if (port.protocol == "sctp")
        return makeError(
            Errc::NotImplemented, "port " + text + ": sctp ports are not published by this engine");
    if (port.protocol != "tcp" && port.protocol != "udp")
        return invalid("invalid port specification: '" + text.substr(0, 64) + "'");
    return port;
}

Result<std::vector<PortRequest>> portRequestsFromJson(const Json& json)
{
    std::vector<PortRequest> requests;
    if (!json.is_null() && !json.is_object())
        return invalid("HostConfig.PortBindings must be an object");
    for (const auto& [name, bindings] : json.items()) {
        PL_TRY(const auto port, portFromText(name));
        if (!bindings.is_null() && !bindings.is_array())
            return invalid("HostConfig.PortBindings: '" + name + "' must be an array");
        for (const auto& binding : bindings) {
            if (!binding.is_object())
                return invalid("HostConfig.PortBindings: an entry of '" + name + "' is no object");
            PortRequest request = port;
            PL_TRY(const auto address, jsonString(binding, "HostIp"));
            if (!address.empty()) {
                PL_TRY(request.hostAddress, IpAddress::parse(address));
            }
            PL_TRY(const auto hostPort, jsonString(binding, "HostPort"));
            const auto dash = hostPort.find('-');
            if (!hostPort.empty()) {
                PL_TRY(request.hostPort, portNumber(std::string_view(hostPort).substr(0, dash)));
            }
            request.lastHostPort = request.hostPort;
            if (dash != std::string::npos) {
                PL_TRY(
                    request.lastHostPort, portNumber(std::string_view(hostPort).substr(dash + 1)));
            }
            if (request.lastHostPort < request.hostPort)
                return invalid("invalid port specification: '" + hostPort.substr(0, 64) + "'");
            requests.push_back(request);
        }
    }
    return requests;
}

} // namespace portlight::core
