#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/network/ip_address.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace portlight::core {

/// What a container asks of one network: Engine API 1.50, EndpointSettings.
struct EndpointRequest {
    std::vector<std::string> aliases;
    network::IpAddress ipv4; ///< empty: any
    network::IpAddress ipv6;
    std::string mac; ///< empty: made of the address
    std::int64_t gatewayPriority = 0;
};
/// Errors: InvalidArgument naming the field.
Result<EndpointRequest> endpointRequestFromJson(const Json& json);
/// What endpointRequestFromJson reads back.
Json toJson(const EndpointRequest& request);

/// By network, as its reference was written.
using EndpointRequests = std::map<std::string, EndpointRequest>;
/// `NetworkingConfig` of a create request.
Result<EndpointRequests> endpointRequestsFromJson(const Json& json);

/// A port to publish: Engine API 1.50, PortBinding.
struct PortRequest {
    std::uint16_t containerPort = 0;
    std::string protocol; ///< "tcp" or "udp"
    network::IpAddress hostAddress; ///< empty: all of the host's
    std::uint16_t hostPort = 0; ///< 0: any
    std::uint16_t lastHostPort = 0; ///< where any of a range will do
};

/// "80/tcp", "80". Errors: InvalidArgument naming the text; NotImplemented for sctp.
Result<PortRequest> portFromText(const std::string& text);
/// `HostConfig.PortBindings`: {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}.
Result<std::vector<PortRequest>> portRequestsFromJson(const Json& json);

} // namespace portlight::core
