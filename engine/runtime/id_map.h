#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::runtime {

/// The text of a uid_map or gid_map file: one "inside outside count" line each.
std::string idMapText(const std::vector<oci::IdMapping>& mappings);

/// Writes both maps of the new user namespace of @p pid; needs CAP_SETUID and CAP_SETGID in the
/// parent namespace. user_namespaces(7).
Result<void> writeIdMaps(pid_t pid, const oci::LinuxConfig& config);

} // namespace portlight::runtime
