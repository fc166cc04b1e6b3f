#pragma once

#include "engine/base/json.h"
#include "engine/core/container_record.h"
#include "engine/core/network_service.h"

namespace portlight::api {

/// A network as GET /networks/{id} has it; without members for the list.
Json networkJson(const core::Network& network, bool withMembers);

/// `NetworkSettings.Networks` of a container. Aliases and addresses that were asked for come from
/// its configuration, what it has from its running network.
Json containerNetworksJson(const core::Container& container);
/// The whole `NetworkSettings` of inspect.
Json networkSettingsJson(const core::Container& container);
/// `NetworkSettings.Ports`: {"80/tcp": [{"HostIp", "HostPort"}]}, null for what is exposed only.
Json portsJson(const core::Container& container);
/// `Ports` of a list entry.
Json portListJson(const core::Container& container);

} // namespace portlight::api
