#pragma once

#include "engine/base/async.h"
#include "engine/base/task_group.h"
#include "engine/core/container_record.h"
#include "engine/core/container_service.h"
#include "engine/core/exec_service.h"
#include "engine/oci/image_config.h"

#include <chrono>
#include <cstdint>
#include <memory>

namespace portlight::core {

/// Watches over containers that have a health check: runs it in them, keeps what came of it, and
/// tells of each change. One that has none costs nothing. io thread only. Engine API 1.50,
/// HealthConfig and Health.
class HealthMonitor {
public:
    HealthMonitor(ContainerService& containers, ExecService& execs);

    /// Begins with @p container, which has started (or was found running), until it ends.
    void begin(const ContainerPtr& container);
    asio::awaitable<void> stopService();

private:
    asio::awaitable<void> watch(ContainerPtr container, std::int64_t run);
    Task<bool> awaitTurn(ContainerPtr container, std::int64_t run, std::chrono::nanoseconds wait);
    Task<HealthResult> runProbe(ContainerPtr container, const oci::Healthcheck& check);
    void take(const ContainerPtr& container, const oci::Healthcheck& check, HealthResult result);
    void setStatus(const ContainerPtr& container, std::string status);

    ContainerService& m_containers;
    ExecService& m_execs;
    TaskGroup m_tasks;
};

} // namespace portlight::core
