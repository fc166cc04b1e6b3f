#include "engine/core/restart_policy.h"

#include <algorithm>

namespace portlight::core {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kFirstDelay = 100ms;
constexpr std::chrono::nanoseconds kLongestDelay = 1min;
constexpr std::chrono::nanoseconds kGoodRun = 10s;

} // namespace

bool wantsRestart(const HostConfig& host, const EndedRun& run)
{
    if (run.hasStoppedByUser)
        return false;
    if (host.restartPolicy == "always" || host.restartPolicy == "unless-stopped")
        return true;
    return host.restartPolicy == "on-failure" && run.exitCode != 0
        && (host.restartMaximum == 0 || run.restartCount < host.restartMaximum);
}

std::chrono::nanoseconds restartDelay(const EndedRun& run)
{
    if (run.lastDelay <= 0ns || run.ranFor >= kGoodRun)
        return kFirstDelay;
    return std::min(2 * run.lastDelay, kLongestDelay);
}

bool wantsStartWithEngine(const HostConfig& host)
{
    return host.restartPolicy == "always";
}

} // namespace portlight::core
