#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>

namespace portlight::core {

namespace {

/// Ends the container's first process, and with it its pid namespace. Ours follows its shim by
/// itself (PR_SET_PDEATHSIG); one that another runtime has made does not.
Result<void> killRecorded(const std::string& path)
{
    PL_TRY(const auto text, readFile(path, 1U << 20U));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto record, runtime::shimRecordFromJson(json));
    if (record.pid <= 0)
        return success();
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, record.pid, 0)));
    PL_TRY(const auto ticks, processStartTime(record.pid));
    PL_TRY(const auto boot, bootId());
    if (!process.isOpen() || ticks != record.startTicks || boot != record.bootId)
        return success(); // the number is another's by now
    if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) != 0)
        return errnoError(errno, "end the container");
    return success();
}

} // namespace

Task<void> ContainerService::start(std::string reference)
{
    PL_CO_TRY(auto container, find(reference));
    co_return co_await shielded(m_parts.executor, startLocked(std::move(container)));
}

Task<void> ContainerService::startLocked(ContainerPtr container)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->isRemoved || container->state.status == RunStatus::Removing)
        co_return makeError(
            Errc::Conflict, "container is marked for removal and cannot be started");
    if (container->state.status == RunStatus::Paused)
        co_return makeError(Errc::Conflict, "cannot start a paused container, try unpause instead");
    if (container->state.isRunning())
        co_return makeError(Errc::NotModified, "the container runs already");
    container->state.restartCount = 0;
    container->state.restartDelayNs = 0;
    co_return co_await launch(container);
}

/// Everything that blocks on the way to the shim. The network comes first: nothing may suspend
/// between the shim's start and the wait for its first frame.
Task<SpawnedShim> ContainerService::prepareStart(ContainerPtr container)
{
    PL_CO_TRY(auto sharer, co_await networkSharer(*container));
    const std::string sharedBundle = sharer ? bundleOf(*sharer) : std::string();
    PL_CO_TRY(auto plan, co_await m_parts.networks.reserve(container, std::move(sharer)));
    // The worker completes it, whatever the outcome.
    const auto shared = std::make_shared<NetworkPlan>(std::move(plan));
    auto work = [this, input = bundleInput(*container),
                    isRestart = container->state.startedAtNs != 0, shared, sharedBundle] {
        return startConnected(input, isRestart, *shared, sharedBundle);
    };
    auto spawned = co_await offload(m_parts.pool, std::move(work));
    if (!spawned) {
        m_parts.networks.release(*container, shared->network);
        co_return spawned;
    }
    container->network = std::move(shared->network);
    co_return spawned;
}

Task<void> ContainerService::launch(ContainerPtr container)
{
    auto spawned = co_await prepareStart(container);
    if (!spawned)
        co_return failStart(
            container, { "shim", spawned.error().sysErrno, spawned.error().message, 128 });
    auto connection =
        std::make_shared<ShimConnection>(m_parts.executor, std::move(spawned.value().control));
    const auto shim = std::make_shared<ShimControl>(m_parts.executor, std::move(connection));
    container->shim = shim;
    container->state.hasStoppedByUser = false;
    if (m_parts.onShimSpawned && spawned.value().pidFd.isOpen())
        m_parts.onShimSpawned(spawned.value().pidFd);
    watch(container, shim, std::move(spawned.value().pidFd));

    auto answer = co_await shim->awaitFirst();
    if (answer && answer.value().type == runtime::FrameType::Ready) {
        PL_CO_TRY(co_await connectPendingAttaches(container));
        answer = co_await shim->request(runtime::FrameType::Start);
    }
    if (answer && answer.value().type == runtime::FrameType::Started) {
        m_parts.networks.afterStart(container);
        co_return success();
    }

    runtime::StartFailure failure;
    failure.stage = "shim";
    failure.message = "the container's shim ended before the start was done";
    if (const auto printed =
            readFile(m_parts.paths.containerState(container->id) + "/shim.log", 1U << 16U);
        printed && !printed.value().empty())
        failure.message += ": " + printed.value();
    if (answer && answer.value().type == runtime::FrameType::Failed) {
        PL_CO_TRY(const auto json, parseJson(answer.value().payload));
        PL_CO_TRY(failure, runtime::startFailureFromJson(json));
    }
    shim->close();
    co_return failStart(container, failure);
}

Task<void> ContainerService::connectPendingAttaches(ContainerPtr container)
{
    for (const auto& weak : std::exchange(container->pendingAttaches, {})) {
        const auto session = weak.lock();
        if (!session)
            continue; // its client has gone
        const auto connected =
            co_await session->connect(m_parts.paths.containerState(container->id));
        if (!connected) {
            log::warn("an attached client could not be connected",
                { { "container", container->id }, { "error", connected.error().message } });
            session->end();
        }
    }
    co_return success();
}

Error ContainerService::failStart(
    const ContainerPtr& container, const runtime::StartFailure& failure)
{
    const std::string message = "failed to create task for container: " + failure.message;
    container->shim.reset();
    releaseNetwork(container);
    if (container->state.status == RunStatus::Restarting)
        container->state.status = RunStatus::Exited;
    container->state.error = message;
    container->state.exitCode = failure.exitCode;
    container->state.pid = 0;
    for (const auto& weak : std::exchange(container->pendingAttaches, {}))
        if (const auto session = weak.lock())
            session->end();
    markDirty(*container);
    container->changed.notifyAll();
    if (container->config.host.autoRemove)
        m_tasks.spawn(removeByItself(container));
    // Clients tell a wrong command (their fault) from a broken engine by this.
    const bool isClientsFault = failure.exitCode == 126 || failure.exitCode == 127;
    return makeError(isClientsFault ? Errc::InvalidArgument : Errc::Internal, message);
}

void ContainerService::watch(ContainerPtr container, std::shared_ptr<ShimControl> shim, Fd pidFd)
{
    m_tasks.spawn(watchShim(std::move(container), std::move(shim), std::move(pidFd)));
}

asio::awaitable<void> ContainerService::watchShim(
    ContainerPtr container, std::shared_ptr<ShimControl> shim, Fd pidFd)
{
    auto onFrame = [this, container](
                       const runtime::Frame& frame) { handleFrame(container, frame); };
    co_await shim->run(std::move(onFrame));
    if (container->shim == shim && container->state.isRunning())
        if (const auto lost = co_await handleLostShim(container); !lost)
            log::error("a container's shim was lost",
                { { "container", container->id }, { "error", lost.error().message } });
    if (pidFd.isOpen())
        co_await reapProcess(m_parts.executor, std::move(pidFd));
}

void ContainerService::handleFrame(const ContainerPtr& container, const runtime::Frame& frame)
{
    const auto taken = [&]() -> Result<void> {
        switch (frame.type) {
        case runtime::FrameType::Started: {
            PL_TRY(const auto json, parseJson(frame.payload));
            PL_TRY(const auto record, runtime::shimRecordFromJson(json));
            handleStarted(container, record);
            return success();
        }
        case runtime::FrameType::Exited: {
            PL_TRY(const auto json, parseJson(frame.payload));
            PL_TRY(const auto record, runtime::exitRecordFromJson(json));
            handleExit(container, record);
            return success();
        }
        case runtime::FrameType::State: {
            PL_TRY(const auto json, parseJson(frame.payload));
            return handleState(container, json);
        }
        default:
            return success();
        }
    }();
    if (!taken)
        log::error("a shim sent what cannot be read",
            { { "container", container->id }, { "error", taken.error().message } });
}

void ContainerService::handleStarted(
    const ContainerPtr& container, const runtime::ShimRecord& record)
{
    container->state.status = RunStatus::Running;
    container->state.pid = record.pid;
    container->state.startedAtNs = record.startedAtNs;
    container->state.finishedAtNs = 0;
    container->state.exitCode = 0;
    container->state.wasOomKilled = false;
    container->state.error.clear();
    markDirty(*container);
    publish(*container, "start");
    container->changed.notifyAll();
    if (onRuns)
        onRuns(container);
}

void ContainerService::handleExit(const ContainerPtr& container, const runtime::ExitRecord& record)
{
    if (!container->state.isRunning())
        return;
    container->state.status = RunStatus::Exited;
    container->state.exitCode = record.exitCode;
    container->state.wasOomKilled = record.wasOomKilled;
    container->state.finishedAtNs = record.finishedAtNs;
    container->state.pid = 0;
    container->shim.reset();
    releaseNetwork(container);
    container->execIds.clear();
    ++container->exits;
    planRestart(container);
    markDirty(*container);
    if (record.wasOomKilled)
        publish(*container, "oom");
    const auto seconds = (record.finishedAtNs - container->state.startedAtNs) / 1'000'000'000;
    publish(*container, "die",
        { { "exitCode", std::to_string(record.exitCode) },
            { "execDuration", std::to_string(seconds) } });
    container->changed.notifyAll();
    if (container->config.host.autoRemove && !container->isRestarting)
        m_tasks.spawn(removeByItself(container));
}

// The shim ended without telling how its container did (it was killed, or the host is short of
// memory): its record may be on disk all the same.
Task<void> ContainerService::handleLostShim(ContainerPtr container)
{
    PL_CO_TRY(const bool isTaken, co_await takeExitRecord(container));
    if (isTaken)
        co_return success();
    if (const auto path = cgroupPathOf(*container); !path.empty()) {
        auto killAll = [this, path] { return m_parts.cgroups.kill(path); };
        static_cast<void>((co_await offload(m_parts.pool, std::move(killAll))).has_value());
    }
    if (isForeign(*container)) {
        auto end = [state = m_parts.paths.containerState(container->id)] {
            return killRecorded(state + "/shim.json");
        };
        static_cast<void>((co_await offload(m_parts.pool, std::move(end))).has_value());
    }
    runtime::ExitRecord record;
    record.exitCode = 255;
    record.startedAtNs = container->state.startedAtNs;
    record.finishedAtNs = wallClockNs();
    handleExit(container, record);
    container->state.error = "the container's shim ended unexpectedly";
    co_return success();
}

} // namespace portlight::core
