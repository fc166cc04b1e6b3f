#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"

/// The container's root directory: overlay or bind, and the move into it. Everything here runs in
/// the container's own mount namespace.
namespace portlight::runtime {

/// Cuts this mount namespace off: nothing mounted from now on reaches the host. What the host
/// mounts still arrives until the old root is left. Where `linux.rootfsPropagation` is shared,
/// mounts of the host stay shared with it, except the one that the container's root is put on.
/// mount_namespaces(7).
Result<void> isolateMounts(const Bundle& bundle);

/// Mounts the root (overlay of launch.lowerDirs with bundle/upper and bundle/work; without lower
/// directories a bind of root.path) and opens it.
Result<Fd> mountRoot(const Bundle& bundle);

/// Makes @p root "/" of this namespace, drops the old one and applies `root.readonly` and
/// `linux.rootfsPropagation`. pivot_root(2); without @p usesPivotRoot the new root is moved over
/// the old one, which stays below it (chroot(2)).
Result<void> enterRoot(const Fd& root, const oci::RuntimeConfig& config, bool usesPivotRoot);

} // namespace portlight::runtime
