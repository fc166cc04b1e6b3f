#include "engine/cgroup/cgroup_v2.h"

#include "engine/base/syscalls.h"
#include "engine/cgroup/group_files.h"

#include <fcntl.h>

#include <cerrno>

namespace portlight::cgroup {

namespace {

constexpr int kKillRounds = 100;
constexpr const char* kWanted[] { "cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma" };

bool lists(const std::string& words, const std::string& word)
{
    return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

std::string controllersOf(const std::string& directory)
{
    std::string words = readText(directory + "/cgroup.controllers");
    while (!words.empty() && words.back() == '\n')
        words.pop_back();
    return words;
}

std::uint64_t nanoseconds(std::uint64_t microseconds)
{
    return microseconds * 1000;
}

// "8:0 rbytes=1 wbytes=2 rios=…"; sums over all devices.
std::uint64_t sumOf(std::string_view text, std::string_view key)
{
    std::uint64_t sum = 0;
    for (std::size_t at = text.find(key); at != std::string_view::npos;
        at = text.find(key, at + key.size())) {
        const std::string number(text.substr(at + key.size(), 20));
        sum += std::strtoull(number.c_str(), nullptr, 10);
    }
    return sum;
}

} // namespace

std::unique_ptr<Driver> CgroupV2::create(const std::string& mountPoint, const std::string& root)
{
    const std::string top = mountPoint + root;
    const bool isWritable = isWritableDir(top);
    const std::string present = controllersOf(top);
    std::vector<Controller> controllers;
    for (const char* name : kWanted) {
        Controller controller { name, isWritable && lists(present, name), {}, {} };
        if (!controller.isAvailable && controller.name == "rdma")
            continue; // a lack that is none without such hardware
        if (!isWritable) {
            controller.cause = "cgroup '" + top + "' may not be written";
            controller.fix = "start the engine through systemd with Delegate=yes";
        } else if (!controller.isAvailable) {
            controller.cause =
                "controller '" + std::string(name) + "' is not delegated to '" + top + "'";
            controller.fix = "systemctl edit user@.service, add: [Service] Delegate=cpu cpuset io "
                             "memory pids, then log in again";
        }
        controllers.push_back(std::move(controller));
    }
    controllers.push_back(Controller { "freezer", isWritable,
        isWritable ? "" : "cgroup '" + top + "' may not be written",
        isWritable ? "" : "start the engine through systemd with Delegate=yes" });
    return std::unique_ptr<Driver>(
        new CgroupV2(isWritable ? Layout::V2 : Layout::None, std::move(controllers), top));
}

Result<void> CgroupV2::enableControllers(const std::string& directory) const
{
    const std::string enabled = readText(directory + "/cgroup.subtree_control");
    std::string request;
    for (const char* name : kWanted) {
        if (has(name) && enabled.find(name) == std::string::npos)
            request += (request.empty() ? "+" : " +") + std::string(name);
    }
    if (request.empty())
        return success();
    return writeValue(directory + "/cgroup.subtree_control", request);
}

Result<void> CgroupV2::create(const std::string& path, const oci::Resources& resources)
{
    PL_TRY(checkGroupPath(path));
    if (layout() == Layout::None)
        return update(path, resources); // says why, if a limit was asked for
    PL_TRY(enableControllers(m_top));
    for (std::size_t end = path.find('/', 1); end != std::string::npos;
        end = path.find('/', end + 1)) {
        PL_TRY(makeGroupDirs(m_top, path.substr(0, end)));
        const auto enabled = enableControllers(m_top + path.substr(0, end));
        // A container's own group has processes: a group below it can be joined, and has no limits
        // (cgroup-v2.rst, No Internal Process Constraint).
        if (!enabled && enabled.error().sysErrno != EBUSY)
            return enabled;
    }
    PL_TRY(makeGroupDirs(m_top, path));
    return update(path, resources);
}

Result<void> CgroupV2::addProcess(const std::string& path, pid_t pid)
{
    PL_TRY(checkGroupPath(path));
    if (layout() == Layout::None)
        return success();
    return writeValue(m_top + path + "/cgroup.procs", std::to_string(pid));
}

Result<Fd> CgroupV2::openForClone(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    if (layout() == Layout::None)
        return makeError(Errc::NotFound, "no cgroup v2 hierarchy that may be written");
    return openFile(m_top + path, O_PATH | O_DIRECTORY);
}

Result<Stats> CgroupV2::stats(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    const std::string directory = m_top + path;
    const std::string cpu = readText(directory + "/cpu.stat");
    if (cpu.empty())
        return makeError(Errc::NotFound, "cgroup '" + path + "' is not there");
    Stats stats;
    const auto time = [&cpu](const char* key) -> std::optional<std::uint64_t> {
        const auto value = findKeyed(cpu, key);
        return value ? std::optional(nanoseconds(*value)) : std::nullopt;
    };
    stats.cpuNanoseconds = time("usage_usec");
    stats.cpuUserNanoseconds = time("user_usec");
    stats.cpuSystemNanoseconds = time("system_usec");
    stats.throttledPeriods = findKeyed(cpu, "nr_throttled");
    stats.throttledNanoseconds = time("throttled_usec");
    if (has("memory")) {
        stats.memoryBytes = readNumber(directory + "/memory.current");
        stats.memoryPeakBytes = readNumber(directory + "/memory.peak");
        stats.memoryLimitBytes = readNumber(directory + "/memory.max");
        stats.memoryDetails = parseKeyed(readText(directory + "/memory.stat"));
        if (const auto found = stats.memoryDetails.find("inactive_file");
            found != stats.memoryDetails.end())
            stats.memoryInactiveFileBytes = found->second;
        stats.oomKills = findKeyed(readText(directory + "/memory.events"), "oom_kill");
    }
    if (has("pids")) {
        stats.pids = readNumber(directory + "/pids.current");
        stats.pidsLimit = readNumber(directory + "/pids.max");
    }
    if (has("io")) {
        const std::string io = readText(directory + "/io.stat");
        stats.blockReadBytes = sumOf(io, "rbytes=");
        stats.blockWrittenBytes = sumOf(io, "wbytes=");
    }
    for (const char* name : { "cpu", "memory", "io" })
        readPressure(directory + "/" + name + ".pressure", name, stats.pressureMicroseconds);
    return stats;
}

Result<std::uint64_t> CgroupV2::oomKills(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    return findKeyed(readText(m_top + path + "/memory.events"), "oom_kill").value_or(0);
}

Result<std::vector<pid_t>> CgroupV2::processes(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    std::vector<pid_t> pids;
    PL_TRY(collectProcesses(m_top + path, pids));
    return pids;
}

Result<void> CgroupV2::kill(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    if (writeExisting(m_top + path + "/cgroup.kill", "1"))
        return success();
    return killProcesses(m_top + path, kKillRounds); // before Linux 5.14
}

Result<void> CgroupV2::freeze(const std::string& path, bool isFrozen)
{
    PL_TRY(checkGroupPath(path));
    PL_TRY(require("freezer", "pause"));
    return writeValue(m_top + path + "/cgroup.freeze", isFrozen ? "1" : "0");
}

Result<bool> CgroupV2::isFrozen(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    PL_TRY(const auto state, readFile(m_top + path + "/cgroup.freeze"));
    return state.starts_with("1");
}

Result<void> CgroupV2::remove(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    return removeGroupDir(m_top + path);
}

} // namespace portlight::cgroup
