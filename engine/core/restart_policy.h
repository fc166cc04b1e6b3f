#pragma once

#include "engine/core/host_config.h"

#include <chrono>
#include <cstdint>

/// When a container that has ended is started again by the engine: Engine API 1.50, RestartPolicy,
/// with docker's back-off: 100 ms, doubled up to a minute, from the start again once it has run for
/// 10 seconds.
namespace portlight::core {

/// How a run ended.
struct EndedRun {
    int exitCode = 0;
    bool hasStoppedByUser = false; ///< by stop or kill, or it never ran
    std::int64_t restartCount = 0; ///< restarts by the policy since a user started it
    std::chrono::nanoseconds ranFor {};
    std::chrono::nanoseconds lastDelay {}; ///< before this run; 0: none
};

/// Whether @p host wants a restart after @p run.
bool wantsRestart(const HostConfig& host, const EndedRun& run);

/// How long to wait before it.
std::chrono::nanoseconds restartDelay(const EndedRun& run);

/// Whether a container that does not run is started when the engine starts: "always" forgets that
/// it was stopped by a user.
bool wantsStartWithEngine(const HostConfig& host);

} // namespace portlight::core
