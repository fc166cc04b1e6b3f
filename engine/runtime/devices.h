#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstddef>
#include <map>

namespace portlight::runtime {

/// Nodes that only the creator may make, detached: by their place in linux.devices.
using PreparedDevices = std::map<std::size_t, Fd>;

/// For a container with a new user namespace, in which no node can be made: its devices with the
/// mode and owner that they are to have. Those that the caller may not make either are left out.
/// Errors: InvalidArgument for an owner that the namespace does not map.
Result<PreparedDevices> prepareDevices(const oci::LinuxConfig& config);

/// Fills /dev below @p root: the default devices and links (config-linux.md, Default Devices) and
/// @p devices. Nodes are made where that is allowed, else the host's own are bound (user
/// namespace). A /dev that is itself bound from the host is left as it is.
Result<void> makeDevices(
    const Fd& root, const oci::RuntimeConfig& config, const PreparedDevices& prepared);

} // namespace portlight::runtime
