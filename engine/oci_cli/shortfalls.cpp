#include "engine/oci_cli/shortfalls.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/privileges.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace portlight::oci_cli {

namespace {

void checkOomScore(const oci::Process& process, pid_t pid, std::vector<std::string>& found)
{
    if (!process.oomScoreAdj)
        return;
    const auto text = readFile("/proc/" + std::to_string(pid) + "/oom_score_adj");
    if (!text)
        return;
    const long present = std::strtol(text.value().c_str(), nullptr, 10);
    if (present != *process.oomScoreAdj)
        found.push_back("oomScoreAdj stays at " + std::to_string(present) + " instead of "
            + std::to_string(*process.oomScoreAdj)
            + ": to lower it needs CAP_SYS_RESOURCE on this host");
}

std::string limitText(std::uint64_t value)
{
    return value == RLIM_INFINITY ? "unlimited" : std::to_string(value);
}

void checkRlimits(const oci::Process& process, pid_t pid, std::vector<std::string>& found)
{
    for (const oci::Rlimit& limit : process.rlimits) {
        const auto number = runtime::rlimitNumber(limit.type);
        rlimit present {};
        if (!number
            || ::prlimit(pid, static_cast<__rlimit_resource>(*number), nullptr, &present) != 0)
            continue;
        if (present.rlim_max < limit.hard || present.rlim_cur < limit.soft)
            found.push_back(limit.type + " stays at " + limitText(present.rlim_cur) + ":"
                + limitText(present.rlim_max) + " instead of " + limitText(limit.soft) + ":"
                + limitText(limit.hard) + ": to raise it needs CAP_SYS_RESOURCE on this host");
    }
}

// True for root of the initial user namespace, which makes device nodes as asked for.
bool canMakeDevices()
{
    const auto map = readFile("/proc/self/uid_map");
    return ::geteuid() == 0 && map && map.value().find("4294967295") != std::string::npos;
}

void checkDevices(const oci::LinuxConfig& config, std::vector<std::string>& found)
{
    if (config.devices.empty() || canMakeDevices())
        return;
    for (const oci::Device& device : config.devices) {
        struct stat info {};
        if (::lstat(device.path.c_str(), &info) != 0)
            continue;
        const bool hasOtherMode =
            device.fileMode && (*device.fileMode & 07777U) != (info.st_mode & 07777U);
        if (hasOtherMode || device.uid != 0 || device.gid != 0)
            found.push_back("device '" + device.path
                + "' keeps the mode and owner that it has on this host: to give it others, the "
                  "runtime must be run as root");
    }
}

} // namespace

std::vector<std::string> shortfalls(const oci::RuntimeConfig& config, pid_t pid)
{
    std::vector<std::string> found;
    if (config.process) {
        checkOomScore(*config.process, pid, found);
        checkRlimits(*config.process, pid, found);
    }
    checkDevices(config.linuxConfig, found);
    return found;
}

} // namespace portlight::oci_cli
