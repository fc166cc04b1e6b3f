#pragma once

#include "engine/oci/runtime_config.h"

#include <string>
#include <vector>

namespace portlight::cgroup {

/// "c 1:3 rwm", as devices.allow and devices.deny want it; -1 is "*".
std::string deviceRuleText(const oci::DeviceRule& rule);

/// @p rules and after them what every container needs for its default devices
/// (config-linux.md, Default Devices): making nodes, null, zero, full, random, urandom, tty, ptmx,
/// pts. An empty list stays empty: no device control was asked for.
std::vector<oci::DeviceRule> withDefaultDevices(std::vector<oci::DeviceRule> rules);

} // namespace portlight::cgroup
