#include "engine/cgroup/cgroup_v1.h"
#include "engine/cgroup/group_files.h"

#include <unistd.h>

// Counters of version 1 groups: cgroup-v1/{memory,cpuacct,blkio-controller,pids}.rst.
namespace portlight::cgroup {

namespace {

// "No limit" of memory.limit_in_bytes is the largest page-aligned number, not a word.
constexpr std::uint64_t kNoLimitFrom = 1ULL << 62U;

// Lines "8:0 Read 4096"; the last, "Total N", is not one of ours.
void readBlockIo(const std::string& file, Stats& stats)
{
    const std::string text = readText(file);
    if (text.empty())
        return;
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = std::string_view(text).substr(at, end - at);
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos) {
            read += findKeyed(line.substr(space + 1), "Read").value_or(0);
            written += findKeyed(line.substr(space + 1), "Write").value_or(0);
        }
        at = end + 1;
    }
    stats.blockReadBytes = read;
    stats.blockWrittenBytes = written;
}

} // namespace

void CgroupV1::readMemory(const std::string& directory, Stats& stats) const
{
    stats.memoryBytes = readNumber(directory + "/memory.usage_in_bytes");
    stats.memoryPeakBytes = readNumber(directory + "/memory.max_usage_in_bytes");
    stats.memoryLimitBytes = readNumber(directory + "/memory.limit_in_bytes");
    if (stats.memoryLimitBytes.value_or(0) >= kNoLimitFrom)
        stats.memoryLimitBytes.reset();
    stats.memoryDetails = parseKeyed(readText(directory + "/memory.stat"));
    if (const auto found = stats.memoryDetails.find("total_inactive_file");
        found != stats.memoryDetails.end())
        stats.memoryInactiveFileBytes = found->second;
    stats.oomKills = findKeyed(readText(directory + "/memory.oom_control"), "oom_kill");
}

void CgroupV1::readCpu(const std::string& path, Stats& stats) const
{
    if (const std::string directory = directoryOf("cpuacct", path); !directory.empty()) {
        stats.cpuNanoseconds = readNumber(directory + "/cpuacct.usage");
        stats.cpuUserNanoseconds = readNumber(directory + "/cpuacct.usage_user");
        stats.cpuSystemNanoseconds = readNumber(directory + "/cpuacct.usage_sys");
    }
    if (const std::string directory = directoryOf("cpu", path); !directory.empty()) {
        const std::string text = readText(directory + "/cpu.stat");
        stats.throttledPeriods = findKeyed(text, "nr_throttled");
        stats.throttledNanoseconds = findKeyed(text, "throttled_time");
    }
}

Result<Stats> CgroupV1::stats(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    if (const std::string any = anyDirectory(path); any.empty() || !isWritableDir(any))
        return makeError(Errc::NotFound, "cgroup '" + path + "' is not there");
    Stats stats;
    readCpu(path, stats);
    if (const std::string directory = directoryOf("memory", path); !directory.empty())
        readMemory(directory, stats);
    if (const std::string directory = directoryOf("pids", path); !directory.empty()) {
        stats.pids = readNumber(directory + "/pids.current");
        stats.pidsLimit = readNumber(directory + "/pids.max");
    }
    if (const std::string directory = directoryOf("blkio", path); !directory.empty())
        readBlockIo(directory + "/blkio.throttle.io_service_bytes_recursive", stats);
    if (!m_unifiedTop.empty()) {
        for (const char* name : { "cpu", "memory", "io" })
            readPressure(
                m_unifiedTop + path + "/" + name + ".pressure", name, stats.pressureMicroseconds);
    }
    return stats;
}

} // namespace portlight::cgroup
