#include "engine/api/exec_routes.h"

#include "engine/api/detach_keys.h"
#include "engine/api/stream_frames.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

namespace portlight::api {

namespace {

using namespace boost::asio::experimental::awaitable_operators;

/// A started exec and the client that has its streams.
struct ExecClient {
    core::ExecService& execs;
    core::ExecPtr exec;
    bool isRaw = false;
    std::shared_ptr<HijackedStream> stream;
};

/// Ends when the client has typed the keys to leave; else only by being cancelled: a client that
/// has no more input still wants the output.
asio::awaitable<void> pumpInput(ExecClient& client, DetachKeys keys)
{
    while (true) {
        const auto bytes = co_await client.stream->read();
        if (!bytes || bytes.value().empty())
            break;
        auto typed = keys.feed(bytes.value());
        if (!typed.empty() && client.exec->config.attachesStdin
            && !co_await client.execs.writeStdin(client.exec, std::move(typed)))
            break;
        if (keys.isFound()) {
            client.execs.detach(client.exec, true);
            co_return;
        }
    }
    static_cast<void>((co_await client.execs.closeStdin(client.exec)).has_value());
    asio::steady_timer never(
        co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    static_cast<void>(co_await never.async_wait(kAwait));
}

asio::awaitable<void> awaitEnd(ExecClient& client)
{
    static_cast<void>((co_await client.execs.wait(client.exec)).has_value());
}

asio::awaitable<void> runExec(ExecClient client, DetachKeys keys)
{
    auto sink = [stream = client.stream, config = client.exec->config, isRaw = client.isRaw](
                    std::uint8_t number, std::string bytes) -> Task<void> {
        const bool isError = number == 2;
        const auto out = stream; // the lambda may go while the coroutine runs
        if (isError ? !config.attachesStderr : !config.attachesStdout)
            co_return success();
        if (!isRaw)
            bytes = encodeStreamFrame(isError ? StreamKind::Stderr : StreamKind::Stdout, bytes);
        co_return co_await out->write(std::move(bytes));
    };
    const auto started = co_await client.execs.start(client.exec, std::move(sink));
    if (!started) {
        // The answer's head has gone out: clients print what comes and ask for the exit code.
        std::string text = started.error().message + "\r\n";
        if (!client.isRaw)
            text = encodeStreamFrame(StreamKind::Stdout, text);
        static_cast<void>((co_await client.stream->write(std::move(text))).has_value());
        co_return;
    }
    struct Leave {
        ExecClient& client;
        ~Leave()
        {
            if (client.exec->sink)
                client.execs.detach(client.exec, false);
        }
    } const leave { client };
    co_await (awaitEnd(client) || pumpInput(client, std::move(keys)));
}

Json execJson(const core::Exec& exec)
{
    const auto& config = exec.config;
    Json process { { "tty", config.hasTty }, { "entrypoint", config.cmd.front() },
        { "arguments", std::vector<std::string>(config.cmd.begin() + 1, config.cmd.end()) },
        { "privileged", config.isPrivileged } };
    if (!config.user.empty())
        process["user"] = config.user;
    Json json { { "ID", exec.id }, { "Running", exec.isRunning }, { "ExitCode", nullptr },
        { "ProcessConfig", std::move(process) }, { "OpenStdin", config.attachesStdin },
        { "OpenStderr", config.attachesStderr }, { "OpenStdout", config.attachesStdout },
        { "CanRemove", false }, { "ContainerID", exec.container->id },
        { "DetachKeys", config.detachKeys }, { "Pid", exec.pid } };
    if (exec.exitCode)
        json["ExitCode"] = *exec.exitCode;
    return json;
}

} // namespace

void ExecRoutes::registerOn(Router& router)
{
    const auto add = [&](const char* method, const char* pattern,
                         Task<Response> (ExecRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("POST", "/containers/{id}/exec", &ExecRoutes::create);
    add("POST", "/exec/{id}/start", &ExecRoutes::start);
    add("GET", "/exec/{id}/json", &ExecRoutes::inspect);
    add("POST", "/exec/{id}/resize", &ExecRoutes::resize);
}

/// POST /containers/{id}/exec. 201, 400 no command, 404, 409 not running or paused.
Task<Response> ExecRoutes::create(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto body, co_await request.json());
    PL_CO_TRY(auto config, core::execConfigFromJson(body));
    PL_CO_TRY(DetachKeys::parse(config.detachKeys));
    PL_CO_TRY(const auto exec, m_execs.create(reference, std::move(config)));
    const Json json { { "Id", exec->id } };
    co_return Response::json(json, 201);
}

/// POST /exec/{id}/start {Detach, Tty, ConsoleSize}. 200 or 101 with the streams, 400 where a
/// detached one cannot be started, 404, 409 started before or container not running.
Task<Response> ExecRoutes::start(Request request)
{
    PL_CO_TRY(const auto id, request.pathParam("id"));
    PL_CO_TRY(const auto body, co_await request.json());
    PL_CO_TRY(const bool isDetached, jsonBool(body, "Detach"));
    PL_CO_TRY(const bool isRaw, jsonBool(body, "Tty"));
    PL_CO_TRY(const auto size, core::consoleSizeFromJson(body));
    PL_CO_TRY(const auto exec, m_execs.find(id));
    auto keys = DetachKeys::none();
    if (exec->config.hasTty) {
        PL_CO_TRY(keys, DetachKeys::parse(exec->config.detachKeys));
    }
    PL_CO_TRY(m_execs.claim(exec));
    if (size.first != 0 && size.second != 0)
        exec->config.consoleRowsColumns = size;
    if (isDetached) {
        exec->config.attachesStdin = false;
        PL_CO_TRY(co_await m_execs.start(exec, nullptr));
        co_return Response::empty(200);
    }
    auto serve = [this, exec, isRaw, keys](std::shared_ptr<HijackedStream> stream) {
        return runExec(ExecClient { m_execs, exec, isRaw, std::move(stream) }, keys);
    };
    const bool isPlain = isRaw || request.version < ApiVersion { 1, 42 };
    co_return Response::hijacked(
        std::string(isPlain ? kRawStream : kMultiplexedStream), std::move(serve));
}

/// GET /exec/{id}/json. 200, 404.
Task<Response> ExecRoutes::inspect(Request request)
{
    PL_CO_TRY(const auto id, request.pathParam("id"));
    PL_CO_TRY(const auto exec, m_execs.find(id));
    co_return Response::json(execJson(*exec));
}

/// POST /exec/{id}/resize?h=&w=. 200, 400, 404, 409 not running.
Task<Response> ExecRoutes::resize(Request request)
{
    PL_CO_TRY(const auto id, request.pathParam("id"));
    PL_CO_TRY(const auto rows, request.queryInt("h"));
    PL_CO_TRY(const auto columns, request.queryInt("w"));
    for (const auto& size : { rows, columns })
        if (!size || *size < 0 || *size > 65535)
            co_return makeError(Errc::InvalidArgument, "h and w must be numbers from 0 to 65535");
    PL_CO_TRY(const auto exec, m_execs.find(id));
    PL_CO_TRY(co_await m_execs.resize(
        exec, static_cast<unsigned>(*columns), static_cast<unsigned>(*rows)));
    co_return Response::empty(200);
}

} // namespace portlight::api
