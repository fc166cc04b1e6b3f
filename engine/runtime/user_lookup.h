#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::runtime {

/// Who a container's process is: numbers, and the home directory.
struct ContainerUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additionalGids;
    std::string home = "/";
};

/// Resolves "name", "uid", "name:group", "uid:gid" against the text of /etc/passwd and /etc/group;
/// @p extraGroups are names or numbers. Lines that are none are skipped.
/// Errors: InvalidArgument, worded as docker does.
Result<ContainerUser> resolveUser(std::string_view user,
    const std::vector<std::string>& extraGroups, std::string_view passwd, std::string_view group);

} // namespace portlight::runtime
