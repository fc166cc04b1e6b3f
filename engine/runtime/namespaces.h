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
    bool hasNewTime = false; ///< made by the child, before anything runs in it
    std::vector<JoinedNamespace> joined; ///< entered by the child; the user namespace too
    Fd pid; ///< entered before the clone, for it counts for children only; empty: none

    bool joins(int flag) const;
    /// True when namespaces have to be entered before the clone: a pid namespace, a user namespace
    /// (which is to own what the clone makes), or any beside a new user namespace (which would have
    /// no right to enter them).
    bool mustJoinFirst() const;
};

/// Opens what is to be joined. Errors: InvalidArgument where a path is not a namespace of its type
/// or the mount namespace is missing, NotImplemented for joining a mount namespace.
Result<NamespacePlan> planNamespaces(const oci::LinuxConfig& config);

/// Enters plan.joined: what belongs to the present user namespace first, then the user namespace,
/// then what belongs to that. setns(2).
Result<void> joinNamespaces(const NamespacePlan& plan);

/// unshare(2) of the cgroup namespace: the caller's present group becomes its root.
Result<void> unshareCgroup();

/// Makes a time namespace with @p offsets and enters it. time_namespaces(7).
Result<void> unshareTime(const std::vector<oci::TimeOffset>& offsets);

/// Sets lo up in the present network namespace.
Result<void> bringUpLoopback();

} // namespace portlight::runtime
