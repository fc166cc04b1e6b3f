#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"

/// The container's root directory: overlay or bind, and the move into it. Everything here runs in
/// the container's own mount namespace.
namespace portlight::runtime {

/// Cuts this mount namespace off: nothing mounted from now on reaches the host. What the host
/// mounts still arrives until the old root is left. mount_namespaces(7).
Result<void> isolateMounts();

/// Mounts the root (overlay of launch.lowerDirs with bundle/upper and bundle/work; without lower
/// directories a bind of root.path) and opens it.
Result<Fd> mountRoot(const Bundle& bundle);

/// Makes @p root "/" of this namespace, drops the old one and applies `root.readonly` and
/// `linux.rootfsPropagation`. pivot_root(2).
Result<void> enterRoot(const Fd& root, const oci::RuntimeConfig& config);

} // namespace portlight::runtime
