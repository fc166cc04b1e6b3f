#pragma once

#include "engine/base/json.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Applies Dockerfile instructions to an image's run configuration (the object `config` of
/// image-spec config.md), as commit and import take them in `changes`: CMD, ENTRYPOINT, ENV,
/// EXPOSE, HEALTHCHECK NONE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR.
/// Errors: InvalidArgument naming the instruction.
Result<void> applyChanges(Json& config, const std::vector<std::string>& changes);

} // namespace portlight::core
