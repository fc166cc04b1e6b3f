#pragma once

#include "engine/base/json.h"
#include "engine/core/host_config.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Fills config.binds, config.tmpfs and config.mounts from Binds, Mounts and Tmpfs, and
/// config.volumesFrom. Volumes have no host path yet. Errors: InvalidArgument (docker's texts),
/// NotFound for a volume driver, NotImplemented for other types.
Result<void> readMountRequests(const Json& host, HostConfig& config);

/// In the order of mounting.
void sortMounts(std::vector<MountRequest>& mounts);
/// Errors: InvalidArgument for what is no place to mount on.
Result<void> checkMountTarget(const std::string& target);

/// Mounts with everything that was decided when the container was made, for the database.
Json resolvedMountsJson(const std::vector<MountRequest>& mounts);
Result<std::vector<MountRequest>> resolvedMountsFromJson(const Json& json);

} // namespace portlight::core
