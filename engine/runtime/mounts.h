#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"

#include <functional>

/// What config.json mounts inside the container's root, before that becomes "/".
namespace portlight::runtime {

/// Mounts config.mounts in their order. @p joinCgroup is called before the first cgroup mount: the
/// process must be in its group, and in its cgroup namespace, by then. A refused mount names its
/// destination. Errors: Forbidden for a destination that would cover procfs or sysfs entries.
Result<void> mountAll(
    const Fd& root, const Bundle& bundle, const std::function<Result<void>()>& joinCgroup);

/// Hides linux.maskedPaths (files behind /dev/null, directories behind an empty read-only tmpfs);
/// missing ones are no error.
Result<void> maskPaths(const Fd& root, const std::vector<std::string>& paths);

/// Makes linux.readonlyPaths read-only; missing ones are no error.
Result<void> protectPaths(const Fd& root, const std::vector<std::string>& paths);

} // namespace portlight::runtime
