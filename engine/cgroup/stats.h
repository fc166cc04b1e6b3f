#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace portlight::cgroup {

/// Counters of one container's cgroup as the kernel gives them. What this host does not measure is
/// nullopt: shown as "not known", never as 0. cgroup-v2.rst; cgroup-v1/{memory,cpuacct,blkio}.rst.
struct Stats {
    std::optional<std::uint64_t> cpuNanoseconds;
    std::optional<std::uint64_t> cpuUserNanoseconds;
    std::optional<std::uint64_t> cpuSystemNanoseconds;
    std::optional<std::uint64_t> throttledPeriods;
    std::optional<std::uint64_t> throttledNanoseconds;
    std::optional<std::uint64_t> memoryBytes; ///< as charged, page cache included
    std::optional<std::uint64_t> memoryInactiveFileBytes; ///< what docker subtracts
    std::optional<std::uint64_t> memoryPeakBytes;
    std::optional<std::uint64_t> memoryLimitBytes; ///< nullopt: no limit
    std::optional<std::uint64_t> oomKills;
    std::optional<std::uint64_t> pids;
    std::optional<std::uint64_t> pidsLimit;
    std::optional<std::uint64_t> blockReadBytes;
    std::optional<std::uint64_t> blockWrittenBytes;
    std::map<std::string, std::uint64_t> memoryDetails; ///< memory.stat
    /// Pressure stall totals in microseconds ("cpu.some", "memory.full", …) where PSI is there.
    std::map<std::string, std::uint64_t> pressureMicroseconds;
};

} // namespace portlight::cgroup
