#include "engine/base/log.h"
#include "engine/base/timestamps.h"
#include "engine/core/container_service.h"
#include "engine/core/restart_policy.h"

// What restart policies do: core/restart_policy decides, this waits and starts.
namespace portlight::core {

/// True where the run that has just ended is to be followed by another; the state then is
/// Restarting, with the time of the next start in it, so that a later engine goes on waiting.
bool ContainerService::planRestart(const ContainerPtr& container)
{
    ContainerState& state = container->state;
    const EndedRun run { state.exitCode, state.hasStoppedByUser || container->isRestarting,
        state.restartCount, std::chrono::nanoseconds(state.finishedAtNs - state.startedAtNs),
        std::chrono::nanoseconds(state.restartDelayNs) };
    if (container->isRemoved || !wantsRestart(container->config.host, run))
        return false;
    state.status = RunStatus::Restarting;
    state.restartDelayNs = restartDelay(run).count();
    state.nextStartNs = wallClockNs() + state.restartDelayNs;
    if (m_isRecovered)
        m_tasks.spawn(restartInTime(container, state.nextStartNs));
    return true;
}

/// After recovery: what waited goes on waiting, and what "always" runs is started.
void ContainerService::resumeRestarts()
{
    m_isRecovered = true;
    for (const auto& container : list()) {
        ContainerState& state = container->state;
        const bool isIdle = state.status == RunStatus::Exited && state.startedAtNs != 0;
        if (isIdle && wantsStartWithEngine(container->config.host)) {
            state.status = RunStatus::Restarting;
            state.nextStartNs = wallClockNs();
        }
        if (state.status == RunStatus::Restarting)
            m_tasks.spawn(restartInTime(container, state.nextStartNs));
    }
}

asio::awaitable<void> ContainerService::restartInTime(ContainerPtr container, std::int64_t when)
{
    const auto isWaiting = [&container, when] {
        return container->state.status == RunStatus::Restarting
            && container->state.nextStartNs == when;
    };
    // The wall clock was for the row; how long is left is a matter of the steady one.
    const auto left = std::chrono::nanoseconds(std::max<std::int64_t>(0, when - wallClockNs()));
    const auto deadline =
        Notifier::Clock::now() + std::chrono::duration_cast<Notifier::Clock::duration>(left);
    while (isWaiting() && Notifier::Clock::now() < deadline) {
        const auto seen = container->changed.generation();
        if (!co_await container->changed.wait(seen, deadline))
            co_return; // the engine stops
    }
    if (!isWaiting())
        co_return;
    auto restarted = co_await shielded(m_parts.executor, restartByPolicy(container, when));
    if (!restarted && restarted.error().code != Errc::Cancelled)
        log::warn("a container could not be restarted",
            { { "container", container->id }, { "error", restarted.error().message } });
}

Task<void> ContainerService::restartByPolicy(ContainerPtr container, std::int64_t when)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    ContainerState& state = container->state;
    if (state.status != RunStatus::Restarting || state.nextStartNs != when)
        co_return success(); // stopped, started or removed meanwhile
    if (container->config.host.restartPolicy == "no") {
        endRestarting(container); // by an update
        co_return success();
    }
    ++state.restartCount;
    co_return co_await launch(container);
}

/// From Restarting to Exited: nobody starts it any more.
void ContainerService::endRestarting(const ContainerPtr& container)
{
    container->state.status = RunStatus::Exited;
    container->state.nextStartNs = 0;
    markDirty(*container);
    container->changed.notifyAll();
}

} // namespace portlight::core
