#pragma once

#include "engine/base/async.h"
#include "engine/cgroup/process_stats.h"
#include "engine/cgroup/stats.h"
#include "engine/core/container_service.h"
#include "engine/core/notifier.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace portlight::core {

/// One container's counters at one moment.
struct StatsSample {
    std::int64_t readAtNs = 0; ///< wall clock
    std::chrono::steady_clock::time_point measuredAt;
    std::uint64_t hostCpuNanoseconds = 0; ///< all CPUs of the host together since boot
    cgroup::Stats stats;
    std::map<std::string, cgroup::InterfaceCounters> networks; ///< by interface
};

/// All running containers at one moment.
struct StatsSnapshot {
    std::int64_t readAtNs = 0;
    std::map<std::string, StatsSample> samples; ///< by container id
};

/// Reads the counters of running containers when somebody asks, and shares what it read: however
/// many clients watch, the files are read once a tick. Nothing runs while nobody asks. io thread.
class StatsSampler {
public:
    explicit StatsSampler(ContainerService& containers);

    /// A snapshot no older than @p maximumAge, read now where there is none.
    Task<std::shared_ptr<const StatsSnapshot>> snapshot(std::chrono::milliseconds maximumAge);

private:
    Task<std::shared_ptr<const StatsSnapshot>> read();

    ContainerService& m_containers;
    std::shared_ptr<const StatsSnapshot> m_latest;
    std::chrono::steady_clock::time_point m_readAt;
    bool m_isReading = false;
    Notifier m_hasRead;
};

/// CPU use between two samples, 100 = one core; nullopt where it was not measured.
std::optional<double> cpuPercent(const StatsSample& before, const StatsSample& now);

} // namespace portlight::core
