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

std::vector<std::string> SystemService::warnings() const
{
    std::vector<std::string> found;
    for (const host::Feature& feature : m_host.features)
        if (!feature.isAvailable)
            found.push_back("WARNING: " + feature.cause + "; fix: " + feature.fix);
    return found;
}

} // namespace portlight::core
