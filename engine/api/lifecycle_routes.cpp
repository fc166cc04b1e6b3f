#include "engine/api/container_routes.h"

#include "engine/core/signals.h"

namespace portlight::api {

namespace {

/// `t` in seconds, `signal` as a name or number.
struct StopQuery {
    std::optional<std::int64_t> graceSeconds;
    std::optional<int> signal;
};

Result<StopQuery> stopQuery(const Request& request)
{
    StopQuery query;
    PL_TRY(query.graceSeconds, request.queryInt("t"));
    if (const auto name = request.query("signal"); !name.empty()) {
        PL_TRY(query.signal, core::parseSignal(name));
    }
    return query;
}

Result<core::WaitCondition> waitCondition(const std::string& text)
{
    if (text.empty() || text == "not-running")
        return core::WaitCondition::NotRunning;
    if (text == "next-exit")
        return core::WaitCondition::NextExit;
    if (text == "removed")
        return core::WaitCondition::Removed;
    return makeError(Errc::InvalidArgument, "invalid condition: \"" + text.substr(0, 64) + "\"");
}

} // namespace

void LifecycleRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* pattern, Task<Response> (LifecycleRoutes::*handler)(Request)) {
        router.add("POST", pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("/containers/{id}/start", &LifecycleRoutes::start);
    add("/containers/{id}/stop", &LifecycleRoutes::stop);
    add("/containers/{id}/restart", &LifecycleRoutes::restart);
    add("/containers/{id}/kill", &LifecycleRoutes::kill);
    add("/containers/{id}/pause", &LifecycleRoutes::pause);
    add("/containers/{id}/unpause", &LifecycleRoutes::unpause);
    add("/containers/{id}/update", &LifecycleRoutes::update);
    add("/containers/{id}/wait", &LifecycleRoutes::wait);
    add("/containers/{id}/resize", &LifecycleRoutes::resize);
}

/// POST /containers/{id}/start. 204, 304 runs already, 400 the command cannot be run, 404.
Task<Response> LifecycleRoutes::start(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    if (!request.query("checkpoint").empty())
        co_return makeError(Errc::NotImplemented, "checkpoint: not offered by this engine");
    PL_CO_TRY(co_await m_containers.start(std::move(reference)));
    co_return Response::empty(204);
}

/// POST /containers/{id}/stop?t=&signal=. 204, 304 was not running, 400, 404.
Task<Response> LifecycleRoutes::stop(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto query, stopQuery(request));
    PL_CO_TRY(const bool wasRunning,
        co_await m_containers.stop(std::move(reference), query.graceSeconds, query.signal));
    co_return Response::empty(wasRunning ? 204 : 304);
}

/// POST /containers/{id}/restart?t=&signal=. 204, 400, 404.
Task<Response> LifecycleRoutes::restart(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto query, stopQuery(request));
    PL_CO_TRY(
        co_await m_containers.restart(std::move(reference), query.graceSeconds, query.signal));
    co_return Response::empty(204);
}

/// POST /containers/{id}/kill?signal=. 204, 400 unknown signal, 404, 409 not running.
Task<Response> LifecycleRoutes::kill(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    const auto name = request.query("signal");
    PL_CO_TRY(const int signal, core::parseSignal(name.empty() ? "SIGKILL" : name));
    PL_CO_TRY(co_await m_containers.kill(std::move(reference), signal));
    co_return Response::empty(204);
}

/// POST /containers/{id}/pause. 204, 404, 409, 503 without a control group.
Task<Response> LifecycleRoutes::pause(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(co_await m_containers.pause(std::move(reference)));
    co_return Response::empty(204);
}

Task<Response> LifecycleRoutes::unpause(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(co_await m_containers.unpause(std::move(reference)));
    co_return Response::empty(204);
}

/// POST /containers/{id}/update. 200, 400, 404, 409, 503 a limit this host cannot give.
Task<Response> LifecycleRoutes::update(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(auto body, co_await request.json());
    PL_CO_TRY(
        const auto warnings, co_await m_containers.update(std::move(reference), std::move(body)));
    const Json json { { "Warnings", warnings } };
    co_return Response::json(json);
}

/// POST /containers/{id}/wait?condition=. The head goes out at once, the body at the end: clients
/// start the container only after they have the head.
Task<Response> LifecycleRoutes::wait(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto condition, waitCondition(request.query("condition")));
    PL_CO_TRY(auto ticket, m_containers.beginWait(reference, condition));
    auto body = [this, ticket = std::move(ticket)](
                    std::shared_ptr<ResponseStream> out) -> asio::awaitable<void> {
        auto& service = m_containers;
        const auto held = ticket; // the lambda may go while the coroutine runs
        const auto exitCode = co_await service.wait(held);
        if (!exitCode)
            co_return;
        const Json answer { { "StatusCode", exitCode.value() } };
        static_cast<void>((co_await out->write(dumpJson(answer) + "\n")).has_value());
    };
    co_return Response::streamed("application/json", std::move(body));
}

/// POST /containers/{id}/resize?h=&w=. 200, 400, 404, 409 not running.
Task<Response> LifecycleRoutes::resize(Request request)
{
    PL_CO_TRY(auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto rows, request.queryInt("h"));
    PL_CO_TRY(const auto columns, request.queryInt("w"));
    for (const auto& size : { rows, columns })
        if (!size || *size < 0 || *size > 65535)
            co_return makeError(Errc::InvalidArgument, "h and w must be numbers from 0 to 65535");
    PL_CO_TRY(co_await m_containers.resize(
        std::move(reference), static_cast<unsigned>(*columns), static_cast<unsigned>(*rows)));
    co_return Response::empty(200);
}

} // namespace portlight::api
