#include "engine/api/history_routes.h"

#include "engine/base/timestamps.h"

#include <algorithm>

namespace portlight::api {

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kDefaultSpan = 600;
constexpr std::int64_t kMostPoints = 20'000; ///< per container
constexpr std::int64_t kMostStep = 86'400;
constexpr std::size_t kMostContainers = 64;
constexpr std::size_t kMostEvents = 5'000;

/// "id=a&id=b" and "id=a,b" alike.
std::vector<std::string> listed(const Request& request, const std::string& name)
{
    std::vector<std::string> values;
    for (const auto& text : request.queryAll(name)) {
        std::size_t at = 0;
        while (at <= text.size()) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            if (end > at)
                values.push_back(text.substr(at, end - at));
            at = end + 1;
        }
    }
    return values;
}

Result<std::int64_t> secondsOf(
    const Request& request, const std::string& name, std::int64_t fallback)
{
    const std::string text = request.query(name);
    if (text.empty())
        return fallback;
    const auto time = parseTimeQuery(text);
    if (!time)
        return withContext(time.error(), name);
    return time.value() / kSecondNs;
}

Result<core::HistoryRange> rangeOf(const Request& request, std::int64_t now)
{
    core::HistoryRange range;
    PL_TRY(range.toSeconds, secondsOf(request, "to", now + 1));
    PL_TRY(range.fromSeconds, secondsOf(request, "from", range.toSeconds - kDefaultSpan));
    PL_TRY(const auto step, request.queryInt("step"));
    if (range.fromSeconds < 0 || range.fromSeconds >= range.toSeconds)
        return makeError(Errc::InvalidArgument, "from: must be before to");
    if (step && (*step < 1 || *step > kMostStep))
        return makeError(Errc::InvalidArgument,
            "step: " + std::to_string(*step) + " is not between 1 and 86400 seconds");
    range.stepSeconds = step.value_or(1);
    range = core::MetricsStore::fitted(range, now);
    const std::int64_t points = (range.toSeconds - range.fromSeconds) / range.stepSeconds;
    if (points <= kMostPoints)
        return range;
    if (step)
        return makeError(Errc::InvalidArgument,
            "step: " + std::to_string(points) + " points are more than "
                + std::to_string(kMostPoints) + "; ask for a larger step");
    range.stepSeconds = (range.toSeconds - range.fromSeconds) / kMostPoints + 1;
    return core::MetricsStore::fitted(range, now);
}

} // namespace

void HistoryRoutes::registerOn(Router& router)
{
    router.add("GET", "/portlight/v1/history",
        [this](Request request) { return history(std::move(request)); });
    router.add("GET", "/portlight/v1/history/containers",
        [this](Request request) { return recorded(std::move(request)); });
}

/// All recorded containers, newest figures first.
Task<std::vector<HistorySeries>> HistoryRoutes::known()
{
    auto read = [&store = m_recorder.store()] { return store.list(); };
    PL_CO_TRY(auto containers, co_await offload(m_recorder.pool(), std::move(read)));
    std::vector<HistorySeries> all;
    for (auto& container : containers) {
        HistorySeries series;
        series.container = std::move(container);
        const auto found = m_containers.find(series.container.id);
        series.isGone = !found;
        series.isRunning = found && found.value()->state.isRunning();
        all.push_back(std::move(series));
    }
    co_return all;
}

/// Those that `id` names: by id or its beginning, or by name (of those with a name in common the
/// one that exists, else the newest). Errors: NotFound, InvalidArgument for too many.
Task<std::vector<HistorySeries>> HistoryRoutes::wanted(std::vector<std::string> references)
{
    PL_CO_TRY(auto all, co_await known());
    if (references.empty()) {
        std::erase_if(all, [](const auto& series) { return !series.isRunning; });
        if (all.size() > kMostContainers)
            all.resize(kMostContainers);
        co_return all;
    }
    if (references.size() > kMostContainers)
        co_return makeError(Errc::InvalidArgument,
            "id: " + std::to_string(references.size()) + " containers are more than "
                + std::to_string(kMostContainers));
    std::vector<HistorySeries> chosen;
    for (const auto& reference : references) {
        const auto existing = m_containers.find(reference);
        const std::string id = existing ? existing.value()->id : std::string();
        auto found = std::find_if(all.begin(), all.end(), [&](const auto& series) {
            return id.empty()
                ? series.container.id.starts_with(reference) || series.container.name == reference
                : series.container.id == id;
        });
        if (found != all.end()) {
            chosen.push_back(*found);
        } else if (existing) { // it has not run yet
            HistorySeries series;
            series.container = { id, existing.value()->name, existing.value()->config.image, 0, 0 };
            chosen.push_back(std::move(series));
        } else {
            co_return makeError(Errc::NotFound,
                "No such container: " + reference.substr(0, 256)
                    + "; nothing was recorded of it either");
        }
    }
    co_return chosen;
}

/// GET /portlight/v1/history?id=&from=&to=&step=: times as GET /events takes them; the last ten
/// minutes where absent. Without id: all running containers. 200, 400, 404.
Task<Response> HistoryRoutes::history(Request request)
{
    const std::int64_t now = wallClockNs() / kSecondNs;
    PL_CO_TRY(const auto range, rangeOf(request, now));
    auto references = listed(request, "id");
    const bool isChosen = !references.empty();
    PL_CO_TRY(auto series, co_await wanted(std::move(references)));
    std::set<std::string> ids;
    if (isChosen)
        for (const auto& one : series)
            ids.insert(one.container.id);
    auto read = [&store = m_recorder.store(), range, series = std::move(series),
                    ids = std::move(ids)]() mutable -> Result<std::string> {
        for (auto& one : series) {
            PL_TRY(one.points, store.read(one.container.id, range));
        }
        PL_TRY(const auto events,
            store.events().read(
                range.fromSeconds * kSecondNs, range.toSeconds * kSecondNs, ids, kMostEvents));
        return historyText(range, series, events);
    };
    PL_CO_TRY(auto text, co_await offload(m_recorder.pool(), std::move(read)));
    Response response = Response::text(std::move(text));
    response.contentType = "application/json";
    co_return response;
}

/// GET /portlight/v1/history/containers. 200.
Task<Response> HistoryRoutes::recorded(Request /*request*/)
{
    PL_CO_TRY(const auto all, co_await known());
    auto measure = [&store = m_recorder.store()] { return store.bytesOnDisk(); };
    PL_CO_TRY(const auto bytes, co_await offload(m_recorder.pool(), std::move(measure)));
    Json containers = Json::array();
    for (const auto& series : all)
        containers.push_back(recordedJson(series));
    Json answer { { "containers", std::move(containers) }, { "bytesOnDisk", bytes },
        { "mostBytes", m_recorder.store().mostBytes() } };
    co_return Response::json(answer);
}

} // namespace portlight::api
