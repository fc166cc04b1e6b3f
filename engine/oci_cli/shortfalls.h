#pragma once

#include "engine/oci/runtime_config.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::oci_cli {

/// What the created container's process @p pid did not get of what @p config asks for because this
/// runtime lacks the privilege: a lower oom_score_adj, higher resource limits, modes and owners of
/// devices. One sentence each, for a warning; empty where all was honoured.
std::vector<std::string> shortfalls(const oci::RuntimeConfig& config, pid_t pid);

} // namespace portlight::oci_cli
