#include "engine/api/stats_routes.h"

#include <boost/asio/steady_timer.hpp>

namespace portlight::api {

namespace {

constexpr std::chrono::milliseconds kDockerInterval { 1000 };
constexpr std::int64_t kLeastIntervalMs = 100;
constexpr std::int64_t kMostIntervalMs = 3'600'000;

/// False when the task is cancelled: its client has gone.
asio::awaitable<bool> tick(asio::steady_timer& timer, std::chrono::milliseconds interval)
{
    timer.expires_at(std::max(timer.expiry() + interval, asio::steady_timer::clock_type::now()));
    const auto [code] = co_await timer.async_wait(kAwait);
    co_return !code;
}

} // namespace

void StatsRoutes::registerOn(Router& router)
{
    router.add("GET", "/containers/{id}/stats",
        [this](Request request) { return stats(std::move(request)); });
    router.add("GET", "/portlight/v1/stats",
        [this](Request request) { return allStats(std::move(request)); });
}

StatsHost StatsRoutes::host() const
{
    const auto& report = m_containers.parts().host;
    return { report.memoryBytes, report.cpuCount };
}

/// GET /containers/{id}/stats?stream=&one-shot=. 200, 400, 404.
Task<Response> StatsRoutes::stats(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(auto container, m_containers.find(reference));
    const bool isStream = request.queryFlag("stream", true);
    const bool isOneShot = request.queryFlag("one-shot");
    if (isStream && isOneShot)
        co_return makeError(Errc::InvalidArgument, "cannot have stream=true and one-shot=true");
    auto body = [this, container = std::move(container), isStream, isOneShot](
                    std::shared_ptr<ResponseStream> out) {
        return writeStats(container, isStream, isOneShot, std::move(out));
    };
    co_return Response::streamed("application/json", std::move(body));
}

asio::awaitable<void> StatsRoutes::writeStats(core::ContainerPtr container, bool isStream,
    bool isOneShot, std::shared_ptr<ResponseStream> out)
{
    std::shared_ptr<const core::StatsSnapshot> before;
    asio::steady_timer timer(
        co_await asio::this_coro::executor, asio::steady_timer::clock_type::now());
    const auto sampleOf = [&](const std::shared_ptr<const core::StatsSnapshot>& snapshot) {
        if (!snapshot)
            return static_cast<const core::StatsSample*>(nullptr);
        const auto found = snapshot->samples.find(container->id);
        return found == snapshot->samples.end() ? nullptr : &found->second;
    };
    while (!container->isRemoved) {
        auto taken = co_await m_sampler.snapshot(kDockerInterval / 2);
        // It may have been started since then.
        if (taken && container->state.isRunning() && sampleOf(taken.value()) == nullptr)
            taken = co_await m_sampler.snapshot(std::chrono::milliseconds(0));
        if (!taken)
            co_return;
        const auto now = std::move(taken).value();
        // A single answer with CPU use needs two samples; so does the first line of a stream.
        const bool isFirst = !before && !isOneShot && sampleOf(now) != nullptr;
        if (!isFirst || isStream) {
            const Json line = statsJson(*container, sampleOf(before), sampleOf(now), host());
            if (!co_await out->write(dumpJson(line) + "\n") || !isStream)
                co_return;
        }
        before = now;
        if (!co_await tick(timer, kDockerInterval))
            co_return;
    }
}

/// GET /portlight/v1/stats?interval=MS (100 to an hour; 1000 where absent). 200, 400.
Task<Response> StatsRoutes::allStats(Request request)
{
    PL_CO_TRY(const auto asked, request.queryInt("interval"));
    const std::int64_t interval = asked.value_or(kDockerInterval.count());
    if (interval < kLeastIntervalMs || interval > kMostIntervalMs)
        co_return makeError(Errc::InvalidArgument,
            "interval: " + std::to_string(interval) + " is not between 100 and 3600000 ms");
    auto body = [this, interval](std::shared_ptr<ResponseStream> out) {
        return writeAll(std::chrono::milliseconds(interval), std::move(out));
    };
    co_return Response::streamed("application/x-ndjson", std::move(body));
}

asio::awaitable<void> StatsRoutes::writeAll(
    std::chrono::milliseconds interval, std::shared_ptr<ResponseStream> out)
{
    std::shared_ptr<const core::StatsSnapshot> before;
    asio::steady_timer timer(
        co_await asio::this_coro::executor, asio::steady_timer::clock_type::now());
    while (true) {
        auto taken = co_await m_sampler.snapshot(interval / 2);
        if (!taken)
            co_return;
        const auto now = std::move(taken).value();
        const Json line = snapshotJson(before.get(), *now);
        if (!co_await out->write(dumpJson(line) + "\n"))
            co_return;
        before = now;
        if (!co_await tick(timer, interval))
            co_return;
    }
}

} // namespace portlight::api
