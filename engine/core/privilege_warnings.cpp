#include "engine/core/privilege_warnings.h"

#include "engine/base/syscalls.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace portlight::core {

namespace {

constexpr unsigned kSysResource = 24; // linux/capability.h, CAP_SYS_RESOURCE

struct LimitNumber {
    std::string_view name;
    __rlimit_resource number;
};
constexpr LimitNumber kLimits[] { { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
    { "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE }, { "locks", RLIMIT_LOCKS },
    { "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
    { "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "rss", RLIMIT_RSS },
    { "rtprio", RLIMIT_RTPRIO }, { "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING },
    { "stack", RLIMIT_STACK } };

// In a user namespace the set shows rights over that namespace alone.
bool hasSysResource(bool isRootless)
{
    if (isRootless)
        return false;
    const auto text = readFile("/proc/self/status", 65536);
    const auto at = text ? text.value().find("CapEff:") : std::string::npos;
    if (at == std::string::npos)
        return false;
    const auto mask = std::strtoull(text.value().c_str() + at + 7, nullptr, 16);
    return (mask >> kSysResource & 1) != 0;
}

std::string textOf(rlim_t value)
{
    return value == RLIM_INFINITY ? "unlimited" : std::to_string(value);
}

void warnOfLimit(const Ulimit& wanted, std::vector<std::string>& warnings)
{
    const auto* const known =
        std::ranges::find(kLimits, std::string_view(wanted.name), &LimitNumber::name);
    rlimit present {};
    if (known == std::end(kLimits) || ::getrlimit(known->number, &present) != 0)
        return;
    // -1 is RLIM_INFINITY as an unsigned number.
    if (static_cast<rlim_t>(wanted.hard) <= present.rlim_max)
        return;
    warnings.push_back("HostConfig.Ulimits: " + wanted.name + " stays at "
        + textOf(present.rlim_max)
        + ", the engine's own hard limit: raising it needs CAP_SYS_RESOURCE (LimitNOFILE= and its "
          "like in the engine's unit, or /etc/security/limits.conf)");
}

} // namespace

std::vector<std::string> privilegeWarnings(const HostConfig& host, bool isRootless)
{
    std::vector<std::string> warnings;
    const bool asksForAnything = host.oomScoreAdjustment < 0 || !host.ulimits.empty();
    if (!asksForAnything || hasSysResource(isRootless))
        return warnings;
    const auto text = readFile("/proc/self/oom_score_adj", 64);
    const int present = text ? std::atoi(text.value().c_str()) : 0;
    if (host.oomScoreAdjustment < std::min(0, present))
        warnings.push_back("HostConfig.OomScoreAdj: stays at " + std::to_string(present)
            + ": lowering it to " + std::to_string(host.oomScoreAdjustment)
            + " needs CAP_SYS_RESOURCE, which this engine does not have");
    for (const Ulimit& limit : host.ulimits)
        warnOfLimit(limit, warnings);
    return warnings;
}

} // namespace portlight::core
