#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::runtime {

/// The text of a uid_map or gid_map file: one "inside outside count" line each.
std::string idMapText(const std::vector<oci::IdMapping>& mappings);

/// Writes both maps of the new user namespace of @p pid. Who lacks CAP_SETUID and CAP_SETGID in the
/// parent namespace gets the own ids mapped, and others through newuidmap and newgidmap.
/// Without any mapping the caller's own ids alone are mapped, to 0.
/// Errors: InvalidArgument with one kind of them alone, Forbidden and Unavailable with what helps.
/// user_namespaces(7).
Result<void> writeIdMaps(
    pid_t pid, const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids);

/// A user namespace with these maps that no process is in: what idmapped mounts are made with.
/// Errors as above.
Result<Fd> makeMapNamespace(
    const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids);

} // namespace portlight::runtime
