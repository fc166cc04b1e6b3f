#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <sys/types.h>

namespace portlight::runtime {

/// linux.netDevices (config-linux.md, Network Devices): moves each device from the caller's network
/// namespace to that of the container's process @p pid (or the one that config.json joins by path),
/// under its name there, with the permanent addresses of global scope that it has, and sets it up.
/// Only from a single-threaded program. Errors: NotFound for a device that the host does not have,
/// Conflict for a name that is taken in the container.
Result<void> moveNetDevices(const oci::LinuxConfig& config, pid_t pid);

} // namespace portlight::runtime
