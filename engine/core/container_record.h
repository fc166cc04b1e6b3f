#pragma once

#include "engine/base/async.h"
#include "engine/base/json.h"
#include "engine/core/container_config.h"
#include "engine/core/container_network.h"
#include "engine/core/notifier.h"
#include "engine/core/shim_client.h"
#include "engine/runtime/shim_protocol.h"
#include "engine/store/container_table.h"

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace portlight::core {

class AttachSession;

enum class RunStatus { Created, Running, Paused, Exited, Removing, Restarting };

/// "created", "running", … as Engine API 1.50 ContainerState has them.
std::string_view statusName(RunStatus status);

/// What changes over a container's life; the database's `state`.
struct ContainerState {
    RunStatus status = RunStatus::Created;
    int exitCode = 0;
    bool wasOomKilled = false;
    std::string error; ///< why the last start failed; empty otherwise
    std::int64_t startedAtNs = 0; ///< 0: never
    std::int64_t finishedAtNs = 0;
    pid_t pid = 0; ///< of the container's init; 0 when it does not run
    bool hasStoppedByUser = false; ///< stop or kill: its restart policy has no say
    std::int64_t restartCount = 0; ///< by the policy, since a user started it
    std::int64_t restartDelayNs = 0; ///< the last one
    std::int64_t nextStartNs = 0; ///< Restarting: when; wall clock

    bool isRunning() const noexcept
    {
        return status == RunStatus::Running || status == RunStatus::Paused;
    }
    /// Runs, or will without anybody's doing.
    bool isActive() const noexcept { return isRunning() || status == RunStatus::Restarting; }
};
Json toJson(const ContainerState& state);
Result<ContainerState> containerStateFromJson(const Json& json);

/// What one probe of a health check came to.
struct HealthResult {
    std::int64_t startedAtNs = 0;
    std::int64_t endedAtNs = 0;
    int exitCode = 0; ///< -1: it could not be run or took too long
    std::string output;
};

/// Engine API 1.50, Health. Not kept over engine restarts: the next engine finds out anew.
struct Health {
    std::string status = "starting"; ///< then "healthy" or "unhealthy"
    int failingStreak = 0;
    std::deque<HealthResult> results; ///< the newest, oldest first
};

/// One container as the running engine knows it. Belongs to the io thread; life-cycle calls hold
/// `operation`, the shim's news (exit) are taken without it, between two steps of a task.
struct Container {
    explicit Container(const asio::any_io_executor& executor)
        : operation(executor)
        , changed(executor)
    {
    }

    std::string id;
    std::string name; ///< without the slash
    std::string imageId;
    std::int64_t createdAtNs = 0;
    ContainerConfig config;
    ContainerState state;
    ContainerNetwork network; ///< while it runs
    AsyncMutex operation;
    Notifier changed; ///< the state changed, the log grew, or the container was removed
    std::shared_ptr<ShimControl> shim; ///< while it runs
    std::list<std::weak_ptr<AttachSession>> pendingAttaches; ///< made before the start
    std::vector<std::string> execIds; ///< made and not ended, oldest first
    std::uint64_t exits = 0; ///< how often it ended, for wait?condition=next-exit
    bool isRemoved = false;
    bool isRestarting = false; ///< the exit is part of a restart: no auto-remove
    std::shared_ptr<Health> health; ///< null: no health check
};

using ContainerPtr = std::shared_ptr<Container>;

store::ContainerRow toRow(const Container& container);
/// Errors: InvalidArgument where the row is not what this version writes.
Result<ContainerPtr> containerFromRow(
    const asio::any_io_executor& executor, const store::ContainerRow& row, int hostCpuCount);

} // namespace portlight::core
