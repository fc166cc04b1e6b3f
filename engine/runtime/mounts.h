#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"

#include <functional>
#include <map>

/// What config.json mounts inside the container's root, before that becomes "/".
namespace portlight::runtime {

/// Mounts that only the creator may make, detached: by their place in config.mounts.
using PreparedMounts = std::map<std::size_t, Fd>;

/// Makes idmapped mounts while the caller is still in the user namespace that owns the file systems
/// behind them (mount_setattr(2), MOUNT_ATTR_IDMAP), and opens the sources of the others where the
/// container has a user namespace: its root may not get to them. Errors name the destination.
Result<PreparedMounts> prepareMounts(const Bundle& bundle);

/// Mounts config.mounts in their order. @p joinCgroup is called before the first cgroup mount: the
/// process must be in its group, and in its cgroup namespace, by then. A refused mount names its
/// destination. Errors: Forbidden for a destination that would cover procfs or sysfs entries.
Result<void> mountAll(const Fd& root, const Bundle& bundle, const PreparedMounts& prepared,
    const std::function<Result<void>()>& joinCgroup);

} // namespace portlight::runtime
