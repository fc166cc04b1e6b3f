#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

namespace portlight::runtime {

/// Fills /dev below @p root: the default devices and links (config-linux.md, Default Devices) and
/// @p devices. Nodes are made where that is allowed, else the host's own are bound (user
/// namespace). A /dev that is itself bound from the host is left as it is.
Result<void> makeDevices(const Fd& root, const oci::RuntimeConfig& config);

} // namespace portlight::runtime
