#include "engine/core/container_service.h"
#include "engine/core/signals.h"

#include <csignal>

namespace portlight::core {

namespace {

constexpr std::int64_t kDefaultGraceSeconds = 10;
/// How long a killed container may take to be gone: it can hang in the kernel (a dead NFS server).
constexpr std::chrono::seconds kKillPatience { 30 };

Error notRunning(const Container& container)
{
    return makeError(Errc::Conflict, "container " + container.id + " is not running");
}

} // namespace

/// Has the shim do what another runtime must do, or what it alone can.
Task<void> ContainerService::askShim(
    ContainerPtr container, runtime::FrameType what, std::string payload)
{
    const auto shim = container->shim;
    if (!shim || !container->state.isRunning())
        co_return notRunning(*container);
    PL_CO_TRY(const auto answer, co_await shim->request(what, std::move(payload)));
    if (answer.type == runtime::FrameType::Refused) {
        PL_CO_TRY(const auto reason, parseJson(answer.payload));
        PL_CO_TRY(auto message, jsonString(reason, "message"));
        co_return makeError(Errc::Internal, std::move(message));
    }
    co_return success();
}

Task<void> ContainerService::sendSignal(ContainerPtr container, int signal)
{
    const Json wanted { { "signal", signal }, { "all", false } };
    PL_CO_TRY(co_await askShim(container, runtime::FrameType::Signal, dumpJson(wanted)));
    publish(*container, "kill", { { "signal", std::to_string(signal) } });
    co_return success();
}

/// True when it has stopped, false when @p deadline came first.
Task<bool> ContainerService::awaitStopped(
    ContainerPtr container, Notifier::Clock::time_point deadline)
{
    while (container->state.isRunning()) {
        const auto seen = container->changed.generation();
        PL_CO_TRY(const bool hasChanged, co_await container->changed.wait(seen, deadline));
        if (!hasChanged)
            co_return !container->state.isRunning();
    }
    co_return true;
}

Task<bool> ContainerService::stop(
    std::string reference, std::optional<std::int64_t> graceSeconds, std::optional<int> signal)
{
    PL_CO_TRY(auto container, find(reference));
    co_return co_await shielded(
        m_parts.executor, stopLocked(std::move(container), graceSeconds, signal));
}

Task<bool> ContainerService::stopLocked(
    ContainerPtr container, std::optional<std::int64_t> graceSeconds, std::optional<int> signal)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    co_return co_await stopRunning(container, graceSeconds, signal);
}

Task<bool> ContainerService::stopRunning(
    ContainerPtr container, std::optional<std::int64_t> graceSeconds, std::optional<int> signal)
{
    if (container->state.status == RunStatus::Restarting) {
        container->state.hasStoppedByUser = true;
        endRestarting(container);
        publish(*container, "stop");
        co_return true;
    }
    if (!container->state.isRunning())
        co_return false;
    container->state.hasStoppedByUser = true;
    if (!signal) {
        const auto& own = container->config.stopSignal;
        PL_CO_TRY(signal, parseSignal(own.empty() ? "SIGTERM" : own));
    }
    const std::int64_t grace =
        graceSeconds.value_or(container->config.stopTimeoutSeconds.value_or(kDefaultGraceSeconds));
    auto deadline = Notifier::Clock::time_point::max();
    if (grace >= 0)
        deadline = Notifier::Clock::now()
            + std::chrono::seconds(std::min<std::int64_t>(grace, 1'000'000'000));
    // The container may end on its own between the look and the signal: that is a stop too.
    const auto sent = co_await sendSignal(container, *signal);
    if (!sent && container->state.isRunning())
        co_return std::move(sent).error();
    if (container->state.status == RunStatus::Paused) {
        PL_CO_TRY(co_await setFrozen(container, false));
    }
    PL_CO_TRY(const bool hasStopped, co_await awaitStopped(container, deadline));
    if (!hasStopped) {
        const auto killed = co_await sendSignal(container, SIGKILL);
        if (!killed && container->state.isRunning())
            co_return std::move(killed).error();
        PL_CO_TRY(const bool isGone,
            co_await awaitStopped(container, Notifier::Clock::now() + kKillPatience));
        if (!isGone)
            co_return makeError(Errc::Internal,
                "container " + container->id
                    + " was killed but does not end; a process of it may "
                      "hang in the kernel");
    }
    publish(*container, "stop");
    co_return true;
}

Task<void> ContainerService::restart(
    std::string reference, std::optional<std::int64_t> graceSeconds, std::optional<int> signal)
{
    PL_CO_TRY(auto container, find(reference));
    co_return co_await shielded(
        m_parts.executor, restartLocked(std::move(container), graceSeconds, signal));
}

Task<void> ContainerService::restartLocked(
    ContainerPtr container, std::optional<std::int64_t> graceSeconds, std::optional<int> signal)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->isRemoved || container->state.status == RunStatus::Removing)
        co_return makeError(
            Errc::Conflict, "container is marked for removal and cannot be started");
    container->isRestarting = true;
    const auto stopped = co_await stopRunning(container, graceSeconds, signal);
    container->isRestarting = false;
    if (!stopped)
        co_return std::move(stopped).error();
    container->state.restartCount = 0;
    container->state.restartDelayNs = 0;
    PL_CO_TRY(co_await launch(container));
    publish(*container, "restart");
    co_return success();
}

Task<void> ContainerService::kill(std::string reference, int signal)
{
    PL_CO_TRY(auto container, find(reference));
    co_return co_await shielded(m_parts.executor, killShielded(std::move(container), signal));
}

// Without the container's turn: a kill must get through while a stop waits for its grace time.
Task<void> ContainerService::killShielded(ContainerPtr container, int signal)
{
    const auto stopSignal = parseSignal(
        container->config.stopSignal.empty() ? "SIGTERM" : container->config.stopSignal);
    const bool endsIt = signal == SIGKILL || (stopSignal && stopSignal.value() == signal);
    if (container->state.status == RunStatus::Restarting && endsIt) {
        container->state.hasStoppedByUser = true;
        endRestarting(container);
        co_return success();
    }
    if (!container->state.isRunning())
        co_return makeError(Errc::Conflict,
            "cannot kill container: " + container->name + ": container " + container->id
                + " is not running");
    container->state.hasStoppedByUser |= endsIt;
    PL_CO_TRY(co_await sendSignal(container, signal));
    if (signal != SIGKILL)
        co_return success();
    if (container->state.status == RunStatus::Paused) {
        PL_CO_TRY(
            co_await setFrozen(container, false)); // version 1 keeps a frozen task that was killed
    }
    PL_CO_TRY(co_await awaitStopped(container, Notifier::Clock::now() + kKillPatience));
    co_return success();
}

bool ContainerService::isForeign(const Container& container)
{
    const auto& name = container.config.host.runtime;
    return !name.empty() && name != host::kOwnRuntime;
}

Task<void> ContainerService::pause(std::string reference)
{
    PL_CO_TRY(auto container, find(reference));
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->state.status == RunStatus::Paused)
        co_return makeError(Errc::Conflict, "Container " + container->id + " is already paused");
    if (!container->state.isRunning())
        co_return makeError(Errc::Conflict, "Container " + container->id + " is not running");
    co_return co_await shielded(m_parts.executor, setFrozen(container, true));
}

Task<void> ContainerService::unpause(std::string reference)
{
    PL_CO_TRY(auto container, find(reference));
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->state.status != RunStatus::Paused)
        co_return makeError(Errc::Conflict, "Container " + container->id + " is not paused");
    co_return co_await shielded(m_parts.executor, setFrozen(container, false));
}

Task<void> ContainerService::setFrozen(ContainerPtr container, bool isFrozen)
{
    const auto path = cgroupPathOf(*container);
    if (isForeign(*container)) {
        const Json wanted { { "frozen", isFrozen } };
        PL_CO_TRY(co_await askShim(container, runtime::FrameType::Freeze, dumpJson(wanted)));
        co_return noteFrozen(container, isFrozen);
    }
    if (path.empty())
        co_return makeError(Errc::Unavailable,
            "pausing needs a control group, and this host gives none (see the host report)");
    auto freeze = [this, path, isFrozen] { return m_parts.cgroups.freeze(path, isFrozen); };
    PL_CO_TRY(co_await offload(m_parts.pool, std::move(freeze)));
    co_return noteFrozen(container, isFrozen);
}

Result<void> ContainerService::noteFrozen(const ContainerPtr& container, bool isFrozen)
{
    if (!container->state.isRunning())
        return success();
    container->state.status = isFrozen ? RunStatus::Paused : RunStatus::Running;
    markDirty(*container);
    publish(*container, isFrozen ? "pause" : "unpause");
    container->changed.notifyAll();
    return success();
}

Task<void> ContainerService::resize(std::string reference, unsigned columns, unsigned rows)
{
    PL_CO_TRY(auto container, find(reference));
    if (!container->shim || !container->state.isRunning())
        co_return notRunning(*container);
    const Json wanted { { "columns", columns }, { "rows", rows } };
    PL_CO_TRY(co_await container->shim->send(runtime::FrameType::Resize, dumpJson(wanted)));
    publish(*container, "resize",
        { { "width", std::to_string(columns) }, { "height", std::to_string(rows) } });
    co_return success();
}

Result<WaitTicket> ContainerService::beginWait(
    const std::string& reference, WaitCondition condition) const
{
    PL_TRY(auto container, find(reference));
    const auto exits = container->exits;
    return WaitTicket { std::move(container), condition, exits };
}

Task<int> ContainerService::wait(WaitTicket ticket)
{
    Container& container = *ticket.container;
    const auto isMet = [&] {
        if (container.isRemoved)
            return true; // nothing more can come
        switch (ticket.condition) {
        case WaitCondition::NotRunning:
            return !container.state.isRunning();
        case WaitCondition::NextExit:
            return container.exits != ticket.exitsSeen;
        case WaitCondition::Removed:
            return false;
        }
        return false;
    };
    while (!isMet()) {
        const auto seen = container.changed.generation();
        PL_CO_TRY(co_await container.changed.wait(seen));
    }
    co_return container.state.exitCode;
}

} // namespace portlight::core
