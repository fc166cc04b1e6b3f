#pragma once

#include "engine/base/result.h"
#include "engine/cgroup/stats.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// What procfs tells of a container where no cgroup could be had, and of every container's network.
namespace portlight::cgroup {

/// The processes in the pid namespace of @p initPid, namespaces below it left out.
/// Errors: NotFound when @p initPid is gone.
Result<std::vector<pid_t>> namespaceProcesses(pid_t initPid);

/// Sums CPU time, resident memory, block I/O and number over the processes that share the pid
/// namespace of @p initPid. Processes that have ended are not counted, so CPU time may go down.
/// Errors: NotFound when @p initPid is gone.
Result<Stats> processStats(pid_t initPid);

struct InterfaceCounters {
    std::uint64_t receivedBytes = 0;
    std::uint64_t receivedPackets = 0;
    std::uint64_t receivedErrors = 0;
    std::uint64_t receivedDropped = 0;
    std::uint64_t sentBytes = 0;
    std::uint64_t sentPackets = 0;
    std::uint64_t sentErrors = 0;
    std::uint64_t sentDropped = 0;
};

/// Counters by interface name in the network namespace of @p pid, loopback left out.
/// Errors: NotFound when the process is gone. /proc/PID/net/dev, proc(5).
Result<std::map<std::string, InterfaceCounters>> networkStats(pid_t pid);
/// The parser of that file; lines that are none of its kind are skipped.
std::map<std::string, InterfaceCounters> parseNetDev(std::string_view text);

} // namespace portlight::cgroup
