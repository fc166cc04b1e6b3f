#pragma once

#include "engine/core/event_bus.h"
#include "engine/host/host_report.h"

#include <functional>
#include <string>

namespace portlight::core {

struct ObjectCounts {
    std::int64_t running = 0;
    std::int64_t paused = 0;
    std::int64_t stopped = 0;
    std::int64_t images = 0;
};

/// What the engine knows of itself and its host. Belongs to the io thread.
class SystemService {
public:
    /// @p count is asked at each `info`; @p dataRoot is shown as DockerRootDir.
    SystemService(host::HostReport host, std::string engineId, std::string dataRoot,
        std::function<Task<ObjectCounts>()> count, EventBus& events);

    const host::HostReport& host() const { return m_host; }
    Json hostJson() const { return host::toJson(m_host); }
    const std::string& engineId() const { return m_engineId; }
    const std::string& dataRoot() const { return m_dataRoot; }
    Task<ObjectCounts> counts() const;
    EventBus& events() const { return m_events; }

    /// What people should know: lacks that cost them something, "WARNING: …" as docker prints it.
    std::vector<std::string> warnings() const;

private:
    host::HostReport m_host;
    std::string m_engineId;
    std::string m_dataRoot;
    std::function<Task<ObjectCounts>()> m_count;
    EventBus& m_events;
};

} // namespace portlight::core
