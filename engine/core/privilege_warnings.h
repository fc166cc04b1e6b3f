#pragma once

#include "engine/core/host_config.h"

#include <string>
#include <vector>

namespace portlight::core {

/// What of @p host this engine's rights do not reach, and what happens instead: a lower
/// oom_score_adj, higher hard limits (CAP_SYS_RESOURCE of the host, which no user namespace gives).
/// For `Warnings` of a create. proc(5), oom_score_adj; setrlimit(2).
std::vector<std::string> privilegeWarnings(const HostConfig& host, bool isRootless);

} // namespace portlight::core
