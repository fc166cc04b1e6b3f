#pragma once

#include "engine/base/json.h"
#include "engine/core/host_config.h"

namespace portlight::core {

/// Fills config.binds, config.tmpfs and config.mounts from Binds, Mounts and Tmpfs. Errors:
/// InvalidArgument (docker's texts), NotImplemented for named volumes.
Result<void> readMountRequests(const Json& host, HostConfig& config);

} // namespace portlight::core
