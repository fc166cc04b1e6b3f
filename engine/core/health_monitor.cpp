#include "engine/core/health_monitor.h"

#include "engine/base/timestamps.h"
#include "engine/core/healthcheck.h"

namespace portlight::core {

namespace {

constexpr std::size_t kKeptResults = 5;
constexpr std::size_t kMaxOutput = 4096;
constexpr int kProbeFailed = -1; ///< exit code of a probe that could not be run or ended

bool isInStartPeriod(const Container& container, const oci::Healthcheck& check)
{
    return container.health && container.health->status == "starting"
        && wallClockNs() - container.state.startedAtNs < check.startPeriodNs;
}

} // namespace

HealthMonitor::HealthMonitor(ContainerService& containers, ExecService& execs)
    : m_containers(containers)
    , m_execs(execs)
    , m_tasks(containers.parts().executor)
{
}

void HealthMonitor::begin(const ContainerPtr& container)
{
    container->health.reset();
    const auto check = effectiveHealthcheck(container->config);
    if (!check)
        return;
    container->health = std::make_shared<Health>();
    m_tasks.spawn(watch(container, container->state.startedAtNs));
}

/// True when it is time for the next probe, false when the run is over.
Task<bool> HealthMonitor::awaitTurn(
    ContainerPtr container, std::int64_t run, std::chrono::nanoseconds wait)
{
    const auto isThisRun = [&] {
        return container->state.isRunning() && container->state.startedAtNs == run;
    };
    auto deadline =
        Notifier::Clock::now() + std::chrono::duration_cast<Notifier::Clock::duration>(wait);
    while (isThisRun()) {
        const bool isPaused = container->state.status == RunStatus::Paused;
        const auto now = Notifier::Clock::now();
        if (!isPaused && now >= deadline)
            co_return true;
        const auto seen = container->changed.generation();
        const auto until = isPaused ? Notifier::Clock::time_point::max() : deadline;
        PL_CO_TRY(co_await container->changed.wait(seen, until));
    }
    co_return false;
}

asio::awaitable<void> HealthMonitor::watch(ContainerPtr container, std::int64_t run)
{
    while (true) {
        // Read again each time: nothing of it is kept between two probes.
        const auto check = effectiveHealthcheck(container->config);
        if (!check)
            co_return;
        const bool isStarting = isInStartPeriod(*container, *check);
        const std::chrono::nanoseconds wait(
            isStarting ? check->startIntervalNs : check->intervalNs);
        const auto isTurn = co_await awaitTurn(container, run, wait);
        if (!isTurn || !isTurn.value())
            co_return;
        auto result = co_await runProbe(container, *check);
        const bool isOver = container->state.startedAtNs != run || !container->state.isRunning();
        if (!result || isOver)
            co_return;
        take(container, *check, std::move(result).value());
    }
}

/// Errors: Cancelled; a probe that cannot be run is a result.
Task<HealthResult> HealthMonitor::runProbe(ContainerPtr container, const oci::Healthcheck& check)
{
    ExecConfig probe;
    probe.cmd = probeCommand(container->config, check);
    probe.attachesStdout = true;
    probe.attachesStderr = true;
    HealthResult result;
    result.startedAtNs = wallClockNs();
    const std::chrono::nanoseconds timeout(check.timeoutNs);
    auto outcome = co_await m_execs.probe(container, std::move(probe), timeout, kMaxOutput);
    result.endedAtNs = wallClockNs();
    if (!outcome) {
        if (outcome.error().code == Errc::Cancelled)
            co_return std::move(outcome).error();
        result.exitCode = kProbeFailed;
        result.output = outcome.error().message;
    } else if (outcome.value().hasTimedOut) {
        result.exitCode = kProbeFailed;
        result.output = "Health check exceeded timeout (" + durationOf(timeout)
            + "): " + outcome.value().output;
    } else {
        result.exitCode = outcome.value().exitCode;
        result.output = std::move(outcome.value().output);
    }
    co_return result;
}

void HealthMonitor::take(
    const ContainerPtr& container, const oci::Healthcheck& check, HealthResult result)
{
    if (!container->health)
        return;
    Health& health = *container->health;
    const bool isGood = result.exitCode == 0;
    const bool counts = !isInStartPeriod(*container, check);
    health.results.push_back(std::move(result));
    if (health.results.size() > kKeptResults)
        health.results.pop_front();
    if (isGood) {
        health.failingStreak = 0;
        setStatus(container, "healthy");
    } else if (counts && ++health.failingStreak >= check.retries) {
        setStatus(container, "unhealthy");
    }
}

void HealthMonitor::setStatus(const ContainerPtr& container, std::string status)
{
    if (container->health->status == status)
        return;
    container->health->status = std::move(status);
    m_containers.publish(*container, "health_status: " + container->health->status);
    container->changed.notifyAll();
}

asio::awaitable<void> HealthMonitor::stopService()
{
    co_await m_tasks.stop();
}

} // namespace portlight::core
