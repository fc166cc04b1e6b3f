#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <cstdint>
#include <vector>

/// Which namespaces a container gets: config-linux.md, Namespaces; namespaces(7).
namespace portlight::runtime {

struct JoinedNamespace {
    int flag = 0; ///< CLONE_NEW…
    Fd fd;
};

struct NamespacePlan {
    std::uint64_t cloneFlags = 0; ///< made by clone3(2)
    bool hasNewCgroup = false; ///< made by the child, once it is in its group
    std::vector<JoinedNamespace> joined; ///< entered by the child
    Fd pid; ///< entered by the parent, for its children; empty: none
};

/// Opens what is to be joined. Errors: InvalidArgument where a path is not a namespace of its type
/// or the mount namespace is missing, NotImplemented for a time namespace.
Result<NamespacePlan> planNamespaces(const oci::LinuxConfig& config);

/// Enters plan.joined; in the child.
Result<void> joinNamespaces(const NamespacePlan& plan);

/// unshare(2) of the cgroup namespace: the caller's present group becomes its root.
Result<void> unshareCgroup();

/// Sets lo up in the present network namespace.
Result<void> bringUpLoopback();

} // namespace portlight::runtime
