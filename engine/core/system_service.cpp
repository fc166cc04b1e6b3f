#include "engine/core/system_service.h"

namespace portlight::core {

SystemService::SystemService(host::HostReport host, std::string engineId, std::string dataRoot,
    std::function<Task<ObjectCounts>()> count, EventBus& events)
    : m_host(std::move(host))
    , m_engineId(std::move(engineId))
    , m_dataRoot(std::move(dataRoot))
    , m_count(std::move(count))
    , m_events(events)
{
}

Task<ObjectCounts> SystemService::counts() const
{
    co_return co_await m_count();
}

std::vector<std::string> warningsOf(const host::HostReport& host)
{
    constexpr std::string_view kController = "cgroup.";
    std::vector<const host::Feature*> controllers;
    std::vector<std::string> found;
    for (const host::Feature& feature : host.features) {
        if (feature.isAvailable)
            continue;
        if (feature.key.starts_with(kController))
            controllers.push_back(&feature);
        else
            found.push_back("WARNING: " + feature.cause + "; fix: " + feature.fix);
    }
    if (controllers.empty())
        return found;
    // They are missing for one reason, each in a directory of its own: one line for all.
    std::string names;
    for (const host::Feature* feature : controllers)
        names += (names.empty() ? "" : ", ") + feature->key.substr(kController.size());
    const host::Feature& first = *controllers.front();
    found.push_back("WARNING: no cgroup limits and figures for " + names + ": " + first.cause
        + (controllers.size() == 1 ? "" : ", and the like") + "; fix: " + first.fix
        + (controllers.size() == 1 ? "" : " (GET /portlight/v1/host lists the other directories)"));
    return found;
}

std::vector<std::string> SystemService::warnings() const
{
    return warningsOf(m_host);
}

} // namespace portlight::core
