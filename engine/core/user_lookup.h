#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::core {

/// Who a container's process is: numbers, and the home directory.
struct ContainerUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additionalGids;
    std::string home = "/";
};

/// The text of a file as the container will see it in its root, before that root is mounted: the
/// first of @p directories (upper directory, then the layers, topmost first) that has it; nullopt
/// where none has or a whiteout hides it. Symlinks are followed inside one directory only.
std::optional<std::string> readFromLayers(
    const std::vector<std::string>& directories, const std::string& path);

/// Resolves "name", "uid", "name:group", "uid:gid" against the text of /etc/passwd and /etc/group;
/// @p extraGroups are names or numbers. Lines that are none are skipped.
/// Errors: InvalidArgument, worded as docker does.
Result<ContainerUser> resolveUser(std::string_view user,
    const std::vector<std::string>& extraGroups, std::string_view passwd, std::string_view group);

} // namespace portlight::core
