#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

namespace portlight::runtime {

/// What config.json sets for everything in the container and processes inherit: personality and
/// memory policy. Errors name the field. personality(2), set_mempolicy(2).
Result<void> applyExecutionDomain(const oci::LinuxConfig& config);

/// process.scheduler, while the process still has the privileges for it. sched_setattr(2).
Result<void> applyScheduler(const oci::Scheduler& scheduler);
/// process.ioPriority, likewise. ioprio_set(2).
Result<void> applyIoPriority(const oci::IoPriority& priority);

} // namespace portlight::runtime
