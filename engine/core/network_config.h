#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/network/bridge_driver.h"
#include "engine/network/ip_address.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::core {

/// One address range of a network: Engine API 1.50, IPAMConfig.
struct SubnetConfig {
    network::IpPrefix subnet;
    network::IpPrefix range; ///< of what is given without being asked for; empty: all of it
    network::IpAddress gateway;
    std::map<std::string, network::IpAddress> reserved; ///< AuxiliaryAddresses
};

/// A network as it was asked for: Engine API 1.50, NetworkCreateRequest.
struct NetworkConfig {
    std::string driver = "bridge"; ///< "bridge"; the predefined ones also "host" and "null"
    bool isInternal = false;
    bool isAttachable = false;
    bool hasV6 = false;
    bool hasChosenSubnets = false; ///< no subnet was asked for: another may be taken while unused
    std::vector<SubnetConfig> subnets; ///< IPv4 first
    std::map<std::string, std::string> options;
    std::map<std::string, std::string> labels;
};

/// Reads the body of POST /networks/create; subnets that are left out stay left out. Errors:
/// InvalidArgument, NotFound (driver), NotImplemented, naming the field.
Result<NetworkConfig> networkConfigFromJson(const Json& json);
/// What networkConfigFromJson reads back, for the database.
Json toJson(const NetworkConfig& config);
/// `IPAM` of inspect.
Json ipamJson(const NetworkConfig& config);

/// Gives every subnet the gateway that was not asked for: its first address.
void completeGateways(NetworkConfig& config);

/// What the kernel gets for it. @p bridge is its interface's name unless an option names another.
network::BridgeNetwork bridgeNetworkOf(
    const NetworkConfig& config, const std::string& bridge, unsigned defaultMtu);

} // namespace portlight::core
