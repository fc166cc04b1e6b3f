#pragma once

#include "engine/core/event_bus.h"
#include "engine/host/host_report.h"
#include "engine/host/oci_runtimes.h"

#include <functional>
#include <string>

namespace portlight::core {

struct ObjectCounts {
    std::int64_t running = 0;
    std::int64_t paused = 0;
    std::int64_t stopped = 0;
    std::int64_t images = 0;
};

/// What the lacks of @p host cost, "WARNING: …; fix: …" as docker prints it: a line for each, and
/// one for all cgroup controllers together.
std::vector<std::string> warningsOf(const host::HostReport& host);

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
    void setRuntimes(host::OciRuntimes runtimes) { m_runtimes = std::move(runtimes); }
    const host::OciRuntimes& runtimes() const { return m_runtimes; }
    EventBus& events() const { return m_events; }

    /// warningsOf() this host.
    std::vector<std::string> warnings() const;

private:
    host::HostReport m_host;
    host::OciRuntimes m_runtimes;
    std::string m_engineId;
    std::string m_dataRoot;
    std::function<Task<ObjectCounts>()> m_count;
    EventBus& m_events;
};

} // namespace portlight::core
