#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>

namespace portlight::runtime {

/// Shows the container its own cgroups at @p target: cgroup2 where the host is unified; with
/// version 1 a tmpfs with a directory per hierarchy. In an own cgroup namespace each mount begins
/// at the container's group; without one the group's directories are bound. @p attributes are
/// MOUNT_ATTR_ flags; read-only applies to everything. A hierarchy that cannot be mounted here is
/// left out. config-linux.md, Default Filesystems; cgroup_namespaces(7).
Result<void> mountCgroups(const Fd& target, std::uint64_t attributes, bool hasOwnNamespace);

} // namespace portlight::runtime
