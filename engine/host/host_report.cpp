#include "engine/host/host_report.h"

#include "engine/base/syscalls.h"
#include "engine/host/feature_probes.h"

#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace portlight::host {

namespace {

// PRETTY_NAME of os-release(5), unquoted.
std::string osName()
{
    auto text = readFile("/etc/os-release", 65536);
    if (!text)
        text = readFile("/usr/lib/os-release", 65536);
    constexpr std::string_view kKey = "PRETTY_NAME=";
    const std::string& all = text ? text.value() : std::string();
    const auto at = all.starts_with(kKey) ? 0 : all.find("\n" + std::string(kKey));
    if (at == std::string::npos || !text)
        return "Linux";
    const auto begin = all.find('=', at) + 1;
    std::string name = all.substr(begin, all.find('\n', begin) - begin);
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\''))
        name = name.substr(1, name.size() - 2);
    return name.empty() ? "Linux" : name;
}

int usableCpus()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

// The path of this process's group: in the v2 hierarchy where it is the only one, else in that of
// the memory controller. cgroups(7), /proc/[pid]/cgroup.
std::string ownGroup()
{
    const auto text = readFile("/proc/self/cgroup", 65536);
    std::string unified;
    std::string memory;
    std::string_view rest = text ? std::string_view(text.value()) : std::string_view {};
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos)
            continue;
        const std::string list =
            "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
        if (list == ",,")
            unified = line.substr(second + 1);
        else if (list.find(",memory,") != std::string::npos)
            memory = line.substr(second + 1);
    }
    return memory.empty() ? unified : memory;
}

} // namespace

const Feature* HostReport::find(const std::string& key) const
{
    for (const Feature& feature : features)
        if (feature.key == key)
            return &feature;
    return nullptr;
}

HostReport inspectHost(bool isRootless)
{
    HostReport report;
    report.isRootless = isRootless;
    utsname names {};
    if (::uname(&names) == 0)
        report.kernelRelease = names.release;
    report.osName = osName();
    struct sysinfo memory {};
    if (::sysinfo(&memory) == 0)
        report.memoryBytes = static_cast<std::int64_t>(memory.totalram) * memory.mem_unit;
    report.cpuCount = usableCpus();
    // Root makes its groups at the top; a user below the group he was given, if any.
    report.cgroupRoot = isRootless ? ownGroup() : std::string("/");
    probeNamespaces(report);
    probeIds(report);
    probeStorage(report);
    probeSecurity(report);
    probeNetwork(report);
    probePressure(report);
    return report;
}

Json toJson(const HostReport& report)
{
    Json features = Json::array();
    for (const Feature& feature : report.features) {
        Json entry = { { "key", feature.key }, { "group", feature.group },
            { "available", feature.isAvailable } };
        if (!feature.detail.empty())
            entry["detail"] = feature.detail;
        if (!feature.isAvailable) {
            entry["cause"] = feature.cause;
            entry["fix"] = feature.fix;
        }
        features.push_back(std::move(entry));
    }
    return Json { { "rootless", report.isRootless }, { "cgroupVersion", report.cgroupVersion },
        { "cgroupHybrid", report.isHybrid }, { "cgroupRoot", report.cgroupRoot },
        { "kernel", report.kernelRelease }, { "os", report.osName },
        { "memoryBytes", report.memoryBytes }, { "cpuCount", report.cpuCount },
        { "features", std::move(features) } };
}

} // namespace portlight::host
