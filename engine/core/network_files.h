#pragma once

#include "engine/base/result.h"
#include "engine/core/container_config.h"
#include "engine/core/network_service.h"
#include "engine/core/resolver_config.h"

#include <string>

namespace portlight::core {

/// Contents of /etc/hosts: loopback, what was added by hand, the container's own addresses.
std::string hostsFile(const ContainerConfig& config, const ContainerNetwork& network,
    const network::IpAddress& hostGateway);
/// @p hosts without the lines of @p address, and with one for every name that is not empty.
std::string changedHosts(
    const std::string& hosts, const network::IpAddress& address, const std::string& name);

/// The servers that outside names are asked of: the container's own, or the host's.
ResolverConfig outsideResolver(const ContainerConfig& config, const ResolverConfig& host);
/// Contents of /etc/resolv.conf. @p usesNameServer: the engine's own answers at 127.0.0.11.
std::string resolvConf(
    const ContainerConfig& config, const ResolverConfig& host, bool usesNameServer);
/// True where a container needs the engine's name server: names of others, or servers that only the
/// host can reach.
bool needsNameServer(
    const ContainerConfig& config, const NetworkPlan& plan, const ResolverConfig& host);

/// Writes hosts and resolv.conf in @p bundle for a start, and says in @p plan whether the engine's
/// name server is used. Blocking.
Result<void> writeNetworkFiles(
    const std::string& bundle, const ContainerConfig& config, NetworkPlan& plan);
/// Leads a running container to the engine's name server. Blocking.
Result<void> useNameServer(const std::string& bundle, const ContainerConfig& config);
/// The same for a container in the namespace of the one of @p sharedBundle.
Result<void> copyNetworkFiles(const std::string& bundle, const std::string& sharedBundle);

} // namespace portlight::core
