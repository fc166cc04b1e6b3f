#pragma once

#include "engine/base/result.h"

#include <string>

namespace portlight::core {

/// Where HostConfig.Init puts it in the container, as docker does.
inline constexpr const char* kInitTarget = "/sbin/docker-init";

/// The host's program that reaps and passes signals on as a container's first process: the first of
/// docker-init, catatonit, tini-static and tini in PATH that needs no libraries, which the
/// container would not have. Errors: Unavailable with what to install.
Result<std::string> findInitProgram();

} // namespace portlight::core
