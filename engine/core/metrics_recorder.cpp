#include "engine/core/metrics_recorder.h"

#include "engine/base/log.h"
#include "engine/base/timestamps.h"

#include <boost/asio/steady_timer.hpp>

#include <limits>

namespace portlight::core {

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kCollectEverySeconds = 3600;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

float rate(std::optional<std::uint64_t> before, std::optional<std::uint64_t> now, double seconds)
{
    // A counter that went back belongs to a new run.
    if (!before || !now || *now < *before || seconds <= 0)
        return kUnknown;
    return static_cast<float>(static_cast<double>(*now - *before) / seconds);
}

float figure(std::optional<std::uint64_t> value)
{
    return value ? static_cast<float>(*value) : kUnknown;
}

std::optional<std::uint64_t> networkBytes(
    const StatsSample& sample, std::uint64_t cgroup::InterfaceCounters::* counter)
{
    if (sample.networks.empty())
        return std::nullopt;
    std::uint64_t sum = 0;
    for (const auto& [name, counters] : sample.networks)
        sum += counters.*counter;
    return sum;
}

std::optional<std::uint64_t> pressure(const StatsSample& sample, const char* key)
{
    const auto found = sample.stats.pressureMicroseconds.find(key);
    return found == sample.stats.pressureMicroseconds.end() ? std::nullopt
                                                            : std::optional(found->second);
}

/// In the middle of the next second of the wall clock: a delay of less than half a second does not
/// leave a second out or take one twice.
std::chrono::nanoseconds untilNextSecond()
{
    const std::int64_t now = wallClockNs();
    const std::int64_t middle = (now / kSecondNs + 1) * kSecondNs + kSecondNs / 2;
    return std::chrono::nanoseconds(middle - now);
}

} // namespace

MetricsPoint metricsOf(const StatsSample* before, const StatsSample& now)
{
    using Field = MetricsPoint::Field;
    MetricsPoint point;
    point.timeSeconds = now.readAtNs / kSecondNs;
    point.values.fill(kUnknown);
    const auto& stats = now.stats;
    if (stats.memoryBytes) {
        const std::uint64_t idle = stats.memoryInactiveFileBytes.value_or(0);
        point.values[Field::MemoryBytes] =
            static_cast<float>(*stats.memoryBytes > idle ? *stats.memoryBytes - idle : 0);
    }
    point.values[Field::Pids] = figure(stats.pids);
    if (before) {
        const double seconds =
            std::chrono::duration<double>(now.measuredAt - before->measuredAt).count();
        if (const auto percent = cpuPercent(*before, now))
            point.values[Field::CpuPercent] = static_cast<float>(*percent);
        const auto network = [&](std::uint64_t cgroup::InterfaceCounters::* counter) {
            return rate(networkBytes(*before, counter), networkBytes(now, counter), seconds);
        };
        point.values[Field::ReceivedPerSecond] = network(&cgroup::InterfaceCounters::receivedBytes);
        point.values[Field::SentPerSecond] = network(&cgroup::InterfaceCounters::sentBytes);
        point.values[Field::ReadPerSecond] =
            rate(before->stats.blockReadBytes, stats.blockReadBytes, seconds);
        point.values[Field::WrittenPerSecond] =
            rate(before->stats.blockWrittenBytes, stats.blockWrittenBytes, seconds);
        // Microseconds of waiting per second, as percent.
        const auto waited = [&](const char* key) {
            return rate(pressure(*before, key), pressure(now, key), seconds) / 10'000.0F;
        };
        point.values[Field::CpuPressure] = waited("cpu.some");
        point.values[Field::MemoryPressure] = waited("memory.some");
        point.values[Field::IoPressure] = waited("io.some");
    }
    point.values[Field::CpuPeakPercent] = point.values[Field::CpuPercent];
    point.values[Field::MemoryPeakBytes] = point.values[Field::MemoryBytes];
    return point;
}

MetricsRecorder::MetricsRecorder(
    ContainerService& containers, StatsSampler& sampler, std::unique_ptr<MetricsStore> store)
    : m_containers(containers)
    , m_sampler(sampler)
    , m_store(std::move(store))
    , m_hasStarted(containers.parts().executor)
    , m_tasks(containers.parts().executor)
{
}

void MetricsRecorder::start()
{
    auto& bus = m_containers.parts().events;
    // What was found out while the engine started: exits that happened without it.
    auto early = bus.history(0, std::numeric_limits<std::int64_t>::max());
    m_listener = bus.listen();
    m_tasks.spawn(recordEvents(std::move(early)));
    m_tasks.spawn(recordFigures());
}

asio::awaitable<void> MetricsRecorder::stopService()
{
    co_await m_tasks.stop();
}

std::map<std::string, bool> MetricsRecorder::runningIds() const
{
    std::map<std::string, bool> ids;
    for (const auto& container : m_containers.list())
        if (container->state.isRunning())
            ids.emplace(container->id, true);
    return ids;
}

/// Errors: Cancelled.
Task<bool> MetricsRecorder::awaitRunning()
{
    while (runningIds().empty()) {
        const auto seen = m_hasStarted.generation();
        m_before.reset();
        m_store->closeOthers({});
        PL_CO_TRY(co_await m_hasStarted.wait(seen));
    }
    co_return true;
}

asio::awaitable<void> MetricsRecorder::recordFigures()
{
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (true) {
        const auto runs = co_await awaitRunning();
        if (!runs)
            co_return;
        const auto recorded = co_await recordSecond();
        if (!recorded && recorded.error().code == Errc::Cancelled)
            co_return;
        if (!recorded && !std::exchange(m_hasFailed, true))
            log::warn("figures of containers are not recorded",
                { { "error", recorded.error().message } });
        if (recorded)
            m_hasFailed = false;
        timer.expires_after(untilNextSecond());
        const auto [code] = co_await timer.async_wait(kAwait);
        if (code)
            co_return;
    }
}

Task<void> MetricsRecorder::recordSecond()
{
    PL_CO_TRY(auto now, co_await m_sampler.snapshot(std::chrono::milliseconds(200)));
    std::vector<std::pair<RecordedContainer, MetricsPoint>> points;
    for (const auto& [id, sample] : now->samples) {
        const auto container = m_containers.find(id);
        if (!container)
            continue;
        const StatsSample* earlier = nullptr;
        if (m_before)
            if (const auto found = m_before->samples.find(id); found != m_before->samples.end())
                earlier = &found->second;
        RecordedContainer what { id, container.value()->name, container.value()->config.image };
        points.emplace_back(std::move(what), metricsOf(earlier, sample));
    }
    m_before = std::move(now);
    auto write = [store = m_store.get(), points = std::move(points), running = runningIds()] {
        store->closeOthers(running);
        return store->write(points);
    };
    PL_CO_TRY(co_await offload(pool(), std::move(write)));
    co_return co_await collectInTime();
}

Task<void> MetricsRecorder::collectInTime()
{
    const std::int64_t now = wallClockNs() / kSecondNs;
    if (now - m_collectedSeconds < kCollectEverySeconds)
        co_return success();
    m_collectedSeconds = now;
    auto collect = [store = m_store.get(), now, keep = runningIds()] {
        return store->collect(now, keep);
    };
    co_return co_await offload(pool(), std::move(collect));
}

Task<void> MetricsRecorder::takeEvents(std::vector<Event> events)
{
    bool hasStart = false;
    for (const Event& event : events)
        hasStart |= event.action == "start";
    if (hasStart)
        m_hasStarted.notifyAll();
    std::erase_if(events, [](const Event& event) { return !EventJournal::keeps(event); });
    if (events.empty())
        co_return success();
    auto append = [store = m_store.get(), events = std::move(events)] {
        return store->events().append(events);
    };
    co_return co_await offload(pool(), std::move(append));
}

asio::awaitable<void> MetricsRecorder::recordEvents(std::vector<Event> events)
{
    while (true) {
        const auto taken = co_await takeEvents(std::move(events));
        if (!taken)
            log::warn("events are not recorded", { { "error", taken.error().message } });
        auto next = co_await m_listener->next();
        if (!next && next.error().code == Errc::Unavailable) {
            m_listener = m_containers.parts().events.listen();
            m_hasStarted.notifyAll(); // a start may be among what was lost
            events.clear();
            continue;
        }
        if (!next)
            co_return;
        events.assign(1, std::move(next).value());
    }
}

} // namespace portlight::core
