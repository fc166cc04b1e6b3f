#pragma once

#include "engine/base/task_group.h"
#include "engine/core/event_bus.h"
#include "engine/core/metrics_store.h"
#include "engine/core/notifier.h"
#include "engine/core/stats_sampler.h"

#include <memory>
#include <string>

namespace portlight::core {

/// The flight recorder: figures of all running containers once a second, and what happened to
/// containers, on disk; also while no window is open. Nothing wakes it while nothing runs. io
/// thread.
class MetricsRecorder {
public:
    MetricsRecorder(
        ContainerService& containers, StatsSampler& sampler, std::unique_ptr<MetricsStore> store);

    /// Begins; containers were recovered before.
    void start();
    asio::awaitable<void> stopService();

    MetricsStore& store() { return *m_store; }
    asio::thread_pool& pool() { return m_containers.parts().pool; }

private:
    asio::awaitable<void> recordFigures();
    asio::awaitable<void> recordEvents(std::vector<Event> events);
    Task<void> recordSecond();
    Task<void> collectInTime();
    Task<void> takeEvents(std::vector<Event> events);
    Task<bool> awaitRunning();
    std::map<std::string, bool> runningIds() const;

    ContainerService& m_containers;
    StatsSampler& m_sampler;
    std::unique_ptr<MetricsStore> m_store;
    std::shared_ptr<EventBus::Listener> m_listener;
    std::shared_ptr<const StatsSnapshot> m_before;
    Notifier m_hasStarted;
    std::int64_t m_collectedSeconds = 0;
    bool m_hasFailed = false; ///< said in the log once, until it works again
    TaskGroup m_tasks;
};

/// What @p now tells about the time since @p before (null: nothing but totals is known).
MetricsPoint metricsOf(const StatsSample* before, const StatsSample& now);

} // namespace portlight::core
