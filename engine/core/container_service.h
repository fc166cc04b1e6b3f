#pragma once

#include "engine/base/async.h"
#include "engine/base/fd.h"
#include "engine/base/paths.h"
#include "engine/base/task_group.h"
#include "engine/cgroup/driver.h"
#include "engine/core/attach_session.h"
#include "engine/core/container_bundle.h"
#include "engine/core/container_record.h"
#include "engine/core/event_bus.h"
#include "engine/core/file_watcher.h"
#include "engine/core/log_store.h"
#include "engine/core/seccomp_filters.h"
#include "engine/host/host_report.h"
#include "engine/host/oci_runtimes.h"
#include "engine/image/image_store.h"
#include "engine/store/container_table.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace portlight::core {

/// What containers need of the rest of the engine; all of it outlives the service.
class NetworkService;
class VolumeService;
struct NetworkPlan;

struct ContainerServiceParts {
    asio::any_io_executor executor; ///< the io thread
    asio::thread_pool& pool; ///< blocking work
    store::Database& database;
    image::ImageStore& images;
    EventBus& events;
    cgroup::Driver& cgroups;
    const host::HostReport& host;
    NetworkService& networks;
    VolumeService& volumes;
    EnginePaths paths;
    const runtime::SealedProgram& shimProgram; ///< portlight-shim
    /// Told of every new shim by its pidfd; may be empty. Rootless: the launcher keeps the
    /// namespaces for it.
    std::function<void(const Fd&)> onShimSpawned {};
    host::OciRuntimes runtimes {}; ///< what HostConfig.Runtime may name
};

struct CreatedContainer {
    std::string id;
    std::vector<std::string> warnings;
};

enum class WaitCondition { NotRunning, NextExit, Removed };

/// A wait that began when it was asked for, so that an exit right after is not missed.
struct WaitTicket {
    ContainerPtr container;
    WaitCondition condition = WaitCondition::NotRunning;
    std::uint64_t exitsSeen = 0;
};

struct PrunedContainers {
    std::vector<std::string> ids;
    std::int64_t reclaimedBytes = 0;
};

/// Containers from create to removal. Calls on one container are taken one after the other, calls
/// on different ones at the same time. What a call began is finished even when its client goes
/// away. io thread only. References are names, ids or unique id prefixes; an unknown one is
/// NotFound "No such container: x".
class ContainerService {
public:
    explicit ContainerService(ContainerServiceParts parts);

    /// Reads the database, finds running shims again, takes exits that happened meanwhile, and
    /// removes directories without a row. To be awaited before the first call.
    Task<void> recover();
    /// Ends the engine's part (containers go on running): writes what is not written yet.
    asio::awaitable<void> stopService();

    /// @p body as POST /containers/create has it. Errors: InvalidArgument, NotImplemented (naming
    /// the field), NotFound (image), Conflict (name), Unavailable (a limit this host cannot give).
    Task<CreatedContainer> create(Json body, std::string name);
    /// Errors: NotModified when it runs, Conflict when paused, InvalidArgument where the command
    /// cannot be run, Internal where the start failed otherwise.
    Task<void> start(std::string reference);
    /// Sends the stop signal, and SIGKILL after the grace time (default: the container's, then 10
    /// s; negative: never). False when it did not run.
    Task<bool> stop(
        std::string reference, std::optional<std::int64_t> graceSeconds, std::optional<int> signal);
    Task<void> restart(
        std::string reference, std::optional<std::int64_t> graceSeconds, std::optional<int> signal);
    /// Errors: Conflict when it does not run.
    Task<void> kill(std::string reference, int signal);
    Task<void> pause(std::string reference);
    Task<void> unpause(std::string reference);
    /// Changes limits (live where it runs) and the restart policy: what @p body, as POST
    /// /containers/{id}/update has it, leaves at 0 stays. Returns warnings. Errors:
    /// InvalidArgument, Conflict, Unavailable for a limit this host cannot give.
    Task<std::vector<std::string>> update(std::string reference, Json body);
    Task<void> resize(std::string reference, unsigned columns, unsigned rows);
    /// Errors: Conflict when it runs and @p force is not set.
    /// @p removesVolumes: anonymous ones that nobody else has go with it.
    Task<void> remove(std::string reference, bool force, bool removesVolumes = false);
    Task<void> rename(std::string reference, std::string name);
    /// Puts a container on one more network, a running one at once, and remembers it for its next
    /// starts. Errors: NotFound, Forbidden, InvalidArgument, Conflict.
    Task<void> connect(std::string reference, std::string network, EndpointRequest request);
    /// Errors: NotFound where it is not on that network and @p force is not set.
    /// Publishes a port (the next start does as well); of a running container at once. Returns the
    /// host ports that were opened, none for one that does not run. Errors: NotFound, Conflict,
    /// Internal "port is already allocated".
    Task<std::vector<PublishedPort>> publishPort(std::string reference, PortRequest request);
    /// Takes back what was published so, at a start or later: of @p request only the container's
    /// port and what it says of the host are looked at. Errors: NotFound.
    Task<void> unpublishPort(std::string reference, PortRequest request);
    Task<void> disconnect(std::string reference, std::string network, bool force);
    /// Removes what does not run and @p isWanted accepts.
    Task<PrunedContainers> prune(std::function<bool(const Container&)> isWanted);

    Result<WaitTicket> beginWait(const std::string& reference, WaitCondition condition) const;
    /// The exit code. Errors: Cancelled.
    Task<int> wait(WaitTicket ticket);

    Task<std::shared_ptr<AttachSession>> attach(std::string reference, AttachOptions options);
    /// Errors: InvalidArgument for a query that cannot be met.
    Task<std::shared_ptr<LogStream>> logs(std::string reference, LogQuery query);

    Result<ContainerPtr> find(const std::string& reference) const;
    /// Newest first.
    std::vector<ContainerPtr> list() const;
    std::string bundleOf(const Container& container) const;
    std::string cgroupPathOf(const Container& container) const;
    /// Bytes in the container's own layer.
    Task<std::int64_t> ownBytes(ContainerPtr container);
    ContainerServiceParts& parts() noexcept { return m_parts; }
    /// An event of @p container, with its name, image and labels.
    void publish(const Container& container, const std::string& action,
        std::map<std::string, std::string> more = {});
    /// Told of the processes that exec added to a container which is found again; set before
    /// recover(). shim_protocol.h, State.
    std::function<void(const ContainerPtr&, const Json& execs)> onExecsFound;
    /// Told of each container that has started or was found running; set before recover().
    std::function<void(const ContainerPtr&)> onRuns;

private:
    // container_create.cpp
    Task<CreatedContainer> createReserved(ContainerConfig config, std::string name, std::string id,
        std::vector<std::string> warnings);
    Result<std::string> reserveName(const std::string& wanted, const std::string& id);
    Result<void> checkLimits(const Resources& wanted) const;
    BundleInput bundleInput(const Container& container) const;

    // container_start.cpp
    Task<void> startLocked(ContainerPtr container);
    Task<void> launch(ContainerPtr container);
    Task<SpawnedShim> prepareStart(ContainerPtr container);
    Task<void> connectPendingAttaches(ContainerPtr container);
    Error failStart(const ContainerPtr& container, const runtime::StartFailure& failure);
    void watch(ContainerPtr container, std::shared_ptr<ShimControl> shim, Fd pidFd);
    asio::awaitable<void> watchShim(
        ContainerPtr container, std::shared_ptr<ShimControl> shim, Fd pidFd);
    void handleFrame(const ContainerPtr& container, const runtime::Frame& frame);
    void handleStarted(const ContainerPtr& container, const runtime::ShimRecord& record);
    void handleExit(const ContainerPtr& container, const runtime::ExitRecord& record);
    Task<void> handleLostShim(ContainerPtr container);

    // container_restarts.cpp
    bool planRestart(const ContainerPtr& container);
    void resumeRestarts();
    asio::awaitable<void> restartInTime(ContainerPtr container, std::int64_t when);
    Task<void> restartByPolicy(ContainerPtr container, std::int64_t when);
    void endRestarting(const ContainerPtr& container);

    // container_update.cpp
    Task<std::vector<std::string>> updateLocked(ContainerPtr container, Json body);

    // container_networks.cpp
    Task<ContainerPtr> networkSharer(const Container& container) const;
    Result<SpawnedShim> startConnected(const BundleInput& input, bool isRestart, NetworkPlan& plan,
        const std::string& sharedBundle);
    void releaseNetwork(const ContainerPtr& container);
    void readNetwork(const ContainerPtr& container);
    Task<void> writeNetwork(ContainerPtr container);
    Task<void> connectLocked(ContainerPtr container, std::string network, EndpointRequest request);
    Task<void> disconnectLocked(ContainerPtr container, std::string network, bool force);
    Task<void> writeConfig(ContainerPtr container);
    Task<std::vector<PublishedPort>> publishPortLocked(ContainerPtr container, PortRequest request);
    Task<void> unpublishPortLocked(ContainerPtr container, PortRequest request);

    // container_volumes.cpp
    Result<void> addImplicitMounts(ContainerConfig& config) const;
    Task<void> provideVolumes(ContainerConfig& config, std::vector<std::string> lowerDirs);
    asio::awaitable<void> removeAnonymousVolumes(ContainerConfig config);

    // container_stop.cpp
    Task<bool> stopLocked(ContainerPtr container, std::optional<std::int64_t> graceSeconds,
        std::optional<int> signal);
    Task<bool> stopRunning(ContainerPtr container, std::optional<std::int64_t> graceSeconds,
        std::optional<int> signal);
    Task<void> restartLocked(ContainerPtr container, std::optional<std::int64_t> graceSeconds,
        std::optional<int> signal);
    Task<void> sendSignal(ContainerPtr container, int signal);
    Task<bool> awaitStopped(ContainerPtr container, Notifier::Clock::time_point deadline);
    Task<void> killShielded(ContainerPtr container, int signal);
    Task<void> askShim(ContainerPtr container, runtime::FrameType what, std::string payload);
    static bool isForeign(const Container& container);
    Result<void> noteFrozen(const ContainerPtr& container, bool isFrozen);
    Task<void> setFrozen(ContainerPtr container, bool isFrozen);

    // container_remove.cpp
    Task<void> removeLocked(ContainerPtr container, bool force);
    Task<void> removeFiles(ContainerPtr container);
    Task<void> renameLocked(ContainerPtr container, std::string name);
    asio::awaitable<void> removeByItself(ContainerPtr container);

    // container_recovery.cpp
    Task<void> recoverOne(ContainerPtr container);
    Task<bool> adopt(ContainerPtr container);
    Result<void> handleState(const ContainerPtr& container, const Json& json);
    Task<bool> takeExitRecord(ContainerPtr container);

    // container_service.cpp
    void markDirty(const Container& container);
    asio::awaitable<void> writeStates();

    ContainerServiceParts m_parts;
    store::ContainerTable m_table;
    FileWatcher m_watcher;
    SeccompFilters m_seccomp;
    std::map<std::string, ContainerPtr> m_containers; ///< by id
    std::map<std::string, std::string> m_names; ///< name to id, also of containers in the making
    std::set<std::string> m_dirty; ///< ids whose state is newer than their row
    bool m_isWriting = false;
    bool m_isRecovered = false; ///< restarts wait for it
    TaskGroup m_tasks;
};

} // namespace portlight::core
