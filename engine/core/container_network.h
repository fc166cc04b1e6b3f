#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/network/ip_address.h"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::core {

/// How a running container is connected to one network.
struct Endpoint {
    std::string networkId;
    std::string networkName;
    std::string endpointId;
    std::string interface; ///< in the container: "eth0"
    std::string hostInterface; ///< the pair's other end
    std::string mac;
    network::IpAddress ipv4;
    unsigned length4 = 0; ///< of its subnet
    network::IpAddress gateway4;
    network::IpAddress ipv6; ///< empty without IPv6
    unsigned length6 = 0;
    network::IpAddress gateway6;
    std::vector<std::string> names; ///< by which others of the network find it
    bool isUserDefined = false; ///< names are served there
    bool isInternal = false;
};

/// A program that works for a container, named for good by its start time.
struct HelperProcess {
    pid_t pid = 0; ///< 0: none
    std::uint64_t startTicks = 0;
    bool operator==(const HelperProcess&) const = default;
};

/// A host port that leads to a container.
struct PublishedPort {
    std::uint16_t containerPort = 0;
    std::string protocol;
    network::IpAddress hostAddress; ///< "0.0.0.0" and "::" are entries of their own
    std::uint16_t hostPort = 0;
    network::IpAddress target; ///< the container's address
    HelperProcess forwarder {}; ///< that listens
    unsigned slot = 0; ///< its place among that one's sockets
    bool operator==(const PublishedPort&) const = default;
};

/// The network side of a running container; written to S/network.json before it starts.
struct ContainerNetwork {
    std::string sandboxId;
    std::vector<Endpoint> endpoints;
    std::vector<PublishedPort> ports;
    bool usesNameServer = false; ///< the engine's own answers in the container

    const Endpoint* find(const std::string& networkId) const;
};
Json toJson(const ContainerNetwork& network);
/// Errors: InvalidArgument.
Result<ContainerNetwork> containerNetworkFromJson(const Json& json);

} // namespace portlight::core
