#include "engine/api/system_routes.h"

#include "engine/api/api_version.h"
#include "engine/api/event_filter.h"
#include "engine/api/system_json.h"
#include "engine/base/timestamps.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

namespace portlight::api {

namespace {

// nullopt for "" and "0", which docker takes as not given.
Result<std::optional<std::int64_t>> timeParameter(const Request& request, const std::string& name)
{
    const std::string text = request.query(name);
    if (text.empty() || text == "0")
        return std::optional<std::int64_t>();
    PL_TRY(const auto timeNs, parseTimeQuery(text));
    return std::optional(timeNs);
}

using namespace boost::asio::experimental::awaitable_operators;

struct EventsQuery {
    std::vector<core::Event> past;
    std::shared_ptr<core::EventBus::Listener> listener;
    EventFilter filter;
    std::optional<std::int64_t> untilNs;
};

Task<void> writeEvent(std::shared_ptr<ResponseStream> out, core::Event event)
{
    std::string line = dumpJson(toJson(event)) + "\n";
    co_return co_await out->write(std::move(line));
}

// Until the client goes, the bus closes, or `until` is reached (its caller's timer).
asio::awaitable<void> writeLive(std::shared_ptr<ResponseStream> out, EventsQuery& query)
{
    for (;;) {
        auto event = co_await query.listener->next();
        if (!event)
            co_return;
        if (query.untilNs && event.value().timeNs > *query.untilNs)
            co_return;
        if (!query.filter.accepts(event.value()))
            continue;
        if (!co_await writeEvent(out, std::move(event).value()))
            co_return;
    }
}

asio::awaitable<void> writeEvents(std::shared_ptr<ResponseStream> out, EventsQuery query)
{
    for (core::Event& event : query.past)
        if (query.filter.accepts(event) && !co_await writeEvent(out, std::move(event)))
            co_return;
    query.past.clear();
    if (!query.untilNs)
        co_return co_await writeLive(out, query);
    const auto left = std::chrono::nanoseconds(*query.untilNs - wallClockNs());
    if (left <= std::chrono::nanoseconds::zero())
        co_return;
    asio::steady_timer end(co_await asio::this_coro::executor, left);
    auto timeUp = end.async_wait(kAwait);
    co_await (writeLive(out, query) || std::move(timeUp));
}

} // namespace

void SystemRoutes::addTo(Router& router)
{
    const auto ping = [this](Request request) { return this->ping(std::move(request)); };
    router.add("GET", "/_ping", ping);
    router.add("HEAD", "/_ping", ping);
    router.add("GET", "/version", [this](Request request) { return version(std::move(request)); });
    router.add("GET", "/info", [this](Request request) { return info(std::move(request)); });
    router.add("GET", "/events", [this](Request request) { return events(std::move(request)); });
}

Task<Response> SystemRoutes::ping(Request /*request*/)
{
    Response response = Response::text("OK");
    response.headers = { { "Builder-Version", "" }, { "Cache-Control", "no-cache, no-store" },
        { "Pragma", "no-cache" }, { "Swarm", "inactive" } };
    co_return response;
}

Task<Response> SystemRoutes::version(Request /*request*/)
{
    co_return Response::json(versionJson(m_system));
}

Task<Response> SystemRoutes::info(Request /*request*/)
{
    PL_CO_TRY(const auto counts, co_await m_system.counts());
    co_return Response::json(infoJson(m_system, counts));
}

Task<Response> SystemRoutes::events(Request request)
{
    PL_CO_TRY(const auto since, timeParameter(request, "since"));
    PL_CO_TRY(const auto until, timeParameter(request, "until"));
    if (since && until && *since > *until)
        co_return makeError(Errc::InvalidArgument,
            "`since` time (" + request.query("since") + ") cannot be after `until` time ("
                + request.query("until") + ")");
    PL_CO_TRY(auto filters, request.filters());
    PL_CO_TRY(auto filter, EventFilter::create(std::move(filters)));
    // In one step of the io thread: no event can fall between the past and what is heard.
    std::vector<core::Event> past;
    if (since || until)
        past = m_system.events().history(since.value_or(0), until.value_or(INT64_MAX));
    EventsQuery query { std::move(past), m_system.events().listen(), std::move(filter), until };
    auto body = [query = std::move(query)](std::shared_ptr<ResponseStream> out) {
        return writeEvents(std::move(out), query);
    };
    co_return Response::streamed("application/json", std::move(body));
}

} // namespace portlight::api
