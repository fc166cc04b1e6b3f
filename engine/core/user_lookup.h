#pragma once

#include "engine/runtime/user_lookup.h"

#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

using runtime::ContainerUser;
using runtime::resolveUser;

/// The text of a file as the container will see it in its root, before that root is mounted: the
/// first of @p directories (upper directory, then the layers, topmost first) that has it; nullopt
/// where none has or a whiteout hides it. Symlinks are followed inside one directory only.
std::optional<std::string> readFromLayers(
    const std::vector<std::string>& directories, const std::string& path);

} // namespace portlight::core
