#include "engine/api/container_routes.h"
#include "engine/api/detach_keys.h"
#include "engine/api/stream_frames.h"
#include "engine/base/timestamps.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>

namespace portlight::api {

namespace {

using namespace boost::asio::experimental::awaitable_operators;

/// How output is put on the wire: raw for a terminal, else in docker's frames.
struct OutputForm {
    bool isRaw = false;
    bool hasTimestamps = false;
    std::array<bool, 3> isInsideLine {}; ///< by stream: a partial entry came before
};

std::string contentTypeOf(bool isRaw, const ApiVersion& version)
{
    // Clients below 1.42 know only the one name.
    return std::string(isRaw || version < ApiVersion { 1, 42 } ? kRawStream : kMultiplexedStream);
}

std::string encode(const std::vector<core::LogEntry>& entries, OutputForm& form)
{
    std::string out;
    for (const auto& entry : entries) {
        bool& isInside = form.isInsideLine[entry.stream == 2 ? 2 : 1];
        std::string text;
        if (form.hasTimestamps && !isInside)
            text = formatTimestamp(entry.timeNs, true) + " ";
        isInside = entry.isPartial;
        text += entry.bytes;
        if (form.isRaw)
            out += text;
        else
            appendStreamFrame(
                entry.stream == 2 ? StreamKind::Stderr : StreamKind::Stdout, text, out);
    }
    return out;
}

asio::awaitable<void> writeLog(
    std::shared_ptr<core::LogStream> log, OutputForm form, std::shared_ptr<ResponseStream> out)
{
    while (true) {
        const auto entries = co_await log->next();
        if (!entries || entries.value().empty())
            co_return;
        if (!co_await out->write(encode(entries.value(), form)))
            co_return;
    }
}

struct AttachQuery {
    core::AttachOptions streams;
    bool isStreaming = false;
    OutputForm form;
    bool closesStdin = false;
    DetachKeys keys = DetachKeys::none();
};

asio::awaitable<void> pumpOutput(
    core::AttachSession& session, const AttachQuery& query, HijackedStream& client)
{
    while (true) {
        const auto output = co_await session.next();
        if (!output || !output.value())
            co_return;
        const auto& piece = *output.value();
        const bool isWanted =
            piece.stream == 2 ? query.streams.wantsStderr : query.streams.wantsStdout;
        if (!isWanted)
            continue;
        std::string bytes = query.form.isRaw
            ? piece.bytes
            : encodeStreamFrame(
                  piece.stream == 2 ? StreamKind::Stderr : StreamKind::Stdout, piece.bytes);
        if (!co_await client.write(std::move(bytes)))
            co_return;
    }
}

/// Ends when the client has typed the keys to leave; else only by being cancelled: a client that
/// has no more input still wants the output.
asio::awaitable<void> pumpInput(
    core::AttachSession& session, AttachQuery& query, HijackedStream& client)
{
    while (true) {
        const auto bytes = co_await client.read();
        if (!bytes || bytes.value().empty())
            break;
        auto typed = query.keys.feed(bytes.value());
        if (query.streams.wantsStdin && !typed.empty()
            && !co_await session.writeStdin(std::move(typed)))
            break;
        if (query.keys.isFound())
            co_return;
    }
    if (query.streams.wantsStdin && query.closesStdin)
        static_cast<void>((co_await session.closeStdin()).has_value());
    asio::steady_timer never(
        co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    static_cast<void>(co_await never.async_wait(kAwait));
}

asio::awaitable<void> runAttach(std::shared_ptr<core::AttachSession> session,
    std::shared_ptr<core::LogStream> past, AttachQuery query,
    std::shared_ptr<HijackedStream> client)
{
    while (past) {
        const auto entries = co_await past->next();
        if (!entries || entries.value().empty())
            break;
        if (!co_await client->write(encode(entries.value(), query.form)))
            co_return;
    }
    if (!session)
        co_return;
    co_await (pumpOutput(*session, query, *client) || pumpInput(*session, query, *client));
}

} // namespace

void StreamRoutes::registerOn(Router& router)
{
    router.add("POST", "/containers/{id}/attach",
        [this](Request request) { return attach(std::move(request)); });
    router.add("GET", "/containers/{id}/logs",
        [this](Request request) { return logs(std::move(request)); });
}

/// POST /containers/{id}/attach?stream=&logs=&stdin=&stdout=&stderr=. 101, 400, 404, 409.
Task<Response> StreamRoutes::attach(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    AttachQuery query;
    query.streams.wantsStdin = request.queryFlag("stdin");
    query.streams.wantsStdout = request.queryFlag("stdout");
    query.streams.wantsStderr = request.queryFlag("stderr");
    query.isStreaming = request.queryFlag("stream");
    query.form.isRaw = container->config.hasTty;
    query.closesStdin = container->config.closesStdinOnce;
    if (container->config.hasTty) {
        PL_CO_TRY(query.keys, DetachKeys::parse(request.query("detachKeys")));
    }
    std::shared_ptr<core::LogStream> past;
    if (request.queryFlag("logs")) {
        core::LogQuery wanted;
        wanted.wantsStdout = query.streams.wantsStdout;
        wanted.wantsStderr = query.streams.wantsStderr;
        PL_CO_TRY(past, co_await m_containers.logs(container->id, wanted));
    }
    std::shared_ptr<core::AttachSession> session;
    if (query.isStreaming) {
        PL_CO_TRY(session, co_await m_containers.attach(container->id, query.streams));
    }
    auto body = [session, past, query](std::shared_ptr<HijackedStream> client) {
        return runAttach(session, past, query, std::move(client));
    };
    co_return Response::hijacked(contentTypeOf(query.form.isRaw, request.version), std::move(body));
}

/// GET /containers/{id}/logs?follow=&stdout=&stderr=&since=&until=&timestamps=&tail=.
Task<Response> StreamRoutes::logs(Request request)
{
    PL_CO_TRY(const auto reference, request.pathParam("id"));
    PL_CO_TRY(const auto container, m_containers.find(reference));
    core::LogQuery query;
    query.wantsStdout = request.queryFlag("stdout");
    query.wantsStderr = request.queryFlag("stderr");
    if (!query.wantsStdout && !query.wantsStderr)
        co_return makeError(
            Errc::InvalidArgument, "Bad parameters: you must choose at least one stream");
    query.follows = request.queryFlag("follow");
    if (const auto text = request.query("since"); !text.empty() && text != "0") {
        PL_CO_TRY(query.sinceNs, parseTimeQuery(text));
    }
    if (const auto text = request.query("until"); !text.empty() && text != "0") {
        PL_CO_TRY(query.untilNs, parseTimeQuery(text));
    }
    if (const auto text = request.query("tail"); !text.empty() && text != "all") {
        PL_CO_TRY(query.tailLines, request.queryInt("tail"));
        if (*query.tailLines < 0)
            query.tailLines.reset(); // docker takes a negative number as "all"
    }
    OutputForm form;
    form.isRaw = container->config.hasTty;
    form.hasTimestamps = request.queryFlag("timestamps");
    PL_CO_TRY(auto log, co_await m_containers.logs(container->id, query));
    auto body = [log = std::move(log), form](std::shared_ptr<ResponseStream> out) {
        return writeLog(log, form, std::move(out));
    };
    co_return Response::streamed(contentTypeOf(form.isRaw, request.version), std::move(body));
}

} // namespace portlight::api
