#include "engine/core/stats_sampler.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"

#include <sstream>
#include <unistd.h>

namespace portlight::core {

namespace {

struct Target {
    std::string id;
    std::string cgroupPath;
    pid_t pid = 0;
    std::string seedMark; ///< exists while a process of the shim's is in the group
};

/// The first line of /proc/stat without what is counted twice (guest times). proc(5).
std::uint64_t hostCpuNanoseconds()
{
    const auto text = readFile("/proc/stat", 1U << 20U);
    if (!text)
        return 0;
    std::istringstream line(text.value().substr(0, text.value().find('\n')));
    std::string name;
    line >> name;
    std::uint64_t ticks = 0;
    std::uint64_t value = 0;
    for (int field = 0; field < 8 && line >> value; ++field)
        ticks += value;
    return ticks * (1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
}

/// Reading /proc/stat costs as much as a container's counters (interrupts of all CPUs stand in it):
/// what was read a moment ago serves several containers.
class HostCpu {
public:
    std::uint64_t at(std::chrono::steady_clock::time_point now)
    {
        if (m_nanoseconds == 0 || now - m_readAt > std::chrono::milliseconds(2)) {
            m_nanoseconds = hostCpuNanoseconds();
            m_readAt = now;
        }
        return m_nanoseconds;
    }

private:
    std::uint64_t m_nanoseconds = 0;
    std::chrono::steady_clock::time_point m_readAt;
};

Result<cgroup::Stats> statsOf(cgroup::Driver& driver, const Target& target)
{
    if (!target.cgroupPath.empty())
        if (auto stats = driver.stats(target.cgroupPath)) {
            auto& pids = stats.value().pids;
            if (pids && *pids > 0 && ::access(target.seedMark.c_str(), F_OK) == 0)
                --*pids;
            return stats;
        }
    return cgroup::processStats(target.pid);
}

} // namespace

StatsSampler::StatsSampler(ContainerService& containers)
    : m_containers(containers)
    , m_hasRead(containers.parts().executor)
{
}

Task<std::shared_ptr<const StatsSnapshot>> StatsSampler::read()
{
    std::vector<Target> targets;
    for (const auto& container : m_containers.list())
        if (container->state.isRunning())
            targets.push_back(
                { container->id, m_containers.cgroupPathOf(*container), container->state.pid,
                    m_containers.parts().paths.containerState(container->id) + "/"
                        + runtime::kSeedMark });
    auto work = [&driver = m_containers.parts().cgroups, targets = std::move(targets)]() {
        auto snapshot = std::make_shared<StatsSnapshot>();
        snapshot->readAtNs = wallClockNs();
        HostCpu hostCpu;
        for (const auto& target : targets) {
            auto stats = statsOf(driver, target);
            if (!stats)
                continue; // it has ended meanwhile
            StatsSample sample;
            sample.readAtNs = wallClockNs();
            sample.measuredAt = std::chrono::steady_clock::now();
            sample.hostCpuNanoseconds = hostCpu.at(sample.measuredAt);
            sample.stats = std::move(stats).value();
            if (auto networks = cgroup::networkStats(target.pid))
                sample.networks = std::move(networks).value();
            snapshot->samples.emplace(target.id, std::move(sample));
        }
        return Result<std::shared_ptr<const StatsSnapshot>>(std::move(snapshot));
    };
    auto snapshot = co_await offload(m_containers.parts().pool, std::move(work));
    m_isReading = false;
    if (snapshot) {
        m_latest = snapshot.value();
        m_readAt = std::chrono::steady_clock::now();
    }
    m_hasRead.notifyAll();
    co_return snapshot;
}

Task<std::shared_ptr<const StatsSnapshot>> StatsSampler::snapshot(
    std::chrono::milliseconds maximumAge)
{
    if (m_isReading) {
        const auto seen = m_hasRead.generation();
        PL_CO_TRY(co_await m_hasRead.wait(seen));
        co_return m_latest;
    }
    if (m_latest && std::chrono::steady_clock::now() - m_readAt <= maximumAge)
        co_return m_latest;
    m_isReading = true;
    // Shielded: others wait for this read, whatever becomes of who began it.
    co_return co_await shielded(m_containers.parts().executor, read());
}

std::optional<double> cpuPercent(const StatsSample& before, const StatsSample& now)
{
    const auto& earlier = before.stats.cpuNanoseconds;
    const auto& later = now.stats.cpuNanoseconds;
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.measuredAt - before.measuredAt);
    if (!earlier || !later || elapsed.count() <= 0)
        return std::nullopt;
    if (*later < *earlier) // a restart in between, or a process that took its share with it
        return 0.0;
    return static_cast<double>(*later - *earlier) * 100.0 / static_cast<double>(elapsed.count());
}

} // namespace portlight::core
