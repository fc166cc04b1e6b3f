#pragma once

#include "engine/base/fd.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/create_settings.h"
#include "engine/runtime/devices.h"
#include "engine/runtime/mounts.h"
#include "engine/runtime/namespaces.h"

namespace portlight::runtime {

/// What the container's process needs; read and opened by its creator before the clone.
struct InitPlan {
    const Bundle* bundle = nullptr;
    const oci::Process* process = nullptr;
    const CreateSettings* settings = nullptr;
    NamespacePlan namespaces;
    SeccompFilter seccomp;
    PreparedMounts preparedMounts;
    PreparedDevices preparedDevices;
};

/// Becomes the container: runs in the fresh process that clone3(2) gave, in its new namespaces, and
/// ends in execve(2) or in a failure on @p channel. The creator is single-threaded, so its copy may
/// still allocate; what can be prepared has been.
[[noreturn]] void runContainerInit(const InitPlan& plan, Fd channel);

} // namespace portlight::runtime
