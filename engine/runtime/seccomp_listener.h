#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/container_state.h"

#include <string>

namespace portlight::runtime {

/// Gives the notification descriptor @p listener to who listens on the Unix socket @p path, with
/// the container process state of config-linux.md ("seccompFd"). Errors: as connectUnix().
/// @p pid is the process whose calls it tells of: the container's first one (state.pid), or an
/// exec's.
Result<void> sendSeccompListener(const std::string& path, const Fd& listener, pid_t pid,
    const ContainerState& state, const std::string& metadata);

} // namespace portlight::runtime
