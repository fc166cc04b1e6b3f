#pragma once

#include "engine/base/fd.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/namespaces.h"
#include "engine/runtime/seccomp.h"

namespace portlight::runtime {

/// What the container's process needs; read and opened by its creator before the clone.
struct InitPlan {
    const Bundle* bundle = nullptr;
    const oci::Process* process = nullptr;
    NamespacePlan namespaces;
    SeccompFilter seccomp;
    int standardInput = -1; ///< become 0, 1, 2; unused with a terminal
    int standardOutput = -1;
    int standardError = -1;
};

/// Becomes the container: runs in the fresh process that clone3(2) gave, in its new namespaces, and
/// ends in execve(2) or in a failure on @p channel. The creator is single-threaded, so its copy may
/// still allocate; what can be prepared has been.
[[noreturn]] void runContainerInit(const InitPlan& plan, Fd channel);

} // namespace portlight::runtime
