#include "engine/api/session.h"

#include "engine/api/api_version.h"
#include "engine/api/error_mapping.h"
#include "engine/api/http_head.h"
#include "engine/api/session_streams.h"
#include "engine/api/url.h"
#include "engine/base/log.h"
#include "engine/base/task_group.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/read.hpp>

namespace portlight::api {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using namespace boost::asio::experimental::awaitable_operators;

bool hasToken(std::string_view list, std::string_view token)
{
    return http::token_list(beast::string_view(list.data(), list.size()))
        .exists(beast::string_view(token.data(), token.size()));
}

class Session {
public:
    Session(UnixSocket socket, const Router& router, Peer peer, SessionLimits limits)
        : m_connection(std::make_shared<Connection>(std::move(socket)))
        , m_router(router)
        , m_peer(peer)
        , m_limits(limits)
    {
    }

    asio::awaitable<void> run()
    {
        while (co_await serveOne()) { }
        co_await close();
    }

    asio::awaitable<void> refuse(Error error)
    {
        if (co_await readHead())
            static_cast<void>(co_await send(toResponse(error), false));
        co_await close();
    }

private:
    Task<Request> makeRequest();
    asio::awaitable<bool> readHead();
    asio::awaitable<bool> serveOne();
    asio::awaitable<Result<Response>> handle(Request request);
    asio::awaitable<bool> send(Response response, bool keepAlive);
    asio::awaitable<bool> sendStream(Response response, bool keepAlive);
    asio::awaitable<void> hijack(Response response);
    asio::awaitable<bool> drainBody();
    asio::awaitable<void> close();

    ConnectionPtr m_connection;
    const Router& m_router;
    Peer m_peer;
    SessionLimits m_limits;
    bool m_isHead = false;
    bool m_isHttp10 = false;
    bool m_isUpgrade = false;
};

// What Beast lets through and a server must not (RFC 9112: sections 3.2, 6.1, 6.3).
Result<void> checkHead(const http::request_parser<http::buffer_body>& parser)
{
    const auto& head = parser.get();
    const auto bad = [](const char* why) { return makeError(Errc::InvalidArgument, why); };
    if (head.version() != 11 && head.version() != 10)
        return bad("HTTP version is not 1.0 or 1.1");
    if (head.count(http::field::host) > 1
        || (head.version() == 11 && head.count(http::field::host) == 0))
        return bad("exactly one Host header is required");
    const bool hasCoding = head.count(http::field::transfer_encoding) > 0;
    if (hasCoding && (head.count(http::field::content_length) > 0 || head.version() == 10))
        return bad("Transfer-Encoding together with Content-Length or HTTP/1.0");
    if (hasCoding && !beast::iequals(head[http::field::transfer_encoding], "chunked"))
        return bad("Transfer-Encoding other than chunked");
    if (head.count(http::field::transfer_encoding) > 1
        || head.count(http::field::content_length) > 1)
        return bad("repeated Transfer-Encoding or Content-Length");
    // Beast takes a list of equal numbers for one.
    const auto length = head[http::field::content_length];
    if (length.find_first_not_of("0123456789") != std::string_view::npos)
        return bad("Content-Length is not a number");
    return success();
}

// False: nothing (more) to answer, close. A malformed head has been answered already.
asio::awaitable<bool> Session::readHead()
{
    auto& connection = *m_connection;
    ++connection.requestNumber;
    connection.parser.emplace();
    connection.parser->header_limit(static_cast<std::uint32_t>(m_limits.headerBytes));
    connection.parser->body_limit(boost::none);
    m_isHead = false;
    m_isHttp10 = false;
    const auto [code, size] = co_await http::async_read_header(
        connection.socket, connection.buffer, *connection.parser, kAwait);
    auto checked = Result<void>(success());
    if (!code)
        checked = checkHead(*connection.parser);
    else if (code == http::error::end_of_stream || code == http::error::partial_message
        || code.category() != http::make_error_code(http::error::bad_method).category())
        co_return false; // gone, between requests or in one
    else
        checked = makeError(Errc::InvalidArgument, "malformed HTTP request: " + code.message());
    if (checked)
        co_return true;
    connection.isBroken = true;
    Response refusal = toResponse(checked.error());
    if (code == http::error::header_limit)
        refusal.status = 431;
    static_cast<void>(co_await send(std::move(refusal), false));
    co_return false;
}

Task<Request> Session::makeRequest()
{
    const auto& head = m_connection->parser->get();
    m_isHead = head.method() == http::verb::head;
    m_isHttp10 = head.version() == 10;
    Request request;
    request.peer = m_peer;
    request.method = std::string(head.method_string());
    for (const auto& field : head) {
        std::string name(field.name_string());
        for (char& c : name)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        auto& value = request.headers[std::move(name)];
        value.append(value.empty() ? "" : ", ").append(field.value());
    }
    m_isUpgrade =
        hasToken(request.headers["connection"], "upgrade") && request.headers.contains("upgrade");
    m_connection->mustSendContinue =
        !m_isHttp10 && beast::iequals(head[http::field::expect], "100-continue");
    PL_CO_TRY(auto target, parseTarget(std::string(head.target())));
    request.path = std::move(target.path);
    request.queryParams = std::move(target.query);
    PL_CO_TRY(request.version, takeVersionPrefix(request.path));
    request.body = std::make_shared<SessionBody>(m_connection);
    co_return request;
}

asio::awaitable<Result<Response>> Session::handle(Request request)
{
    try {
        co_return co_await m_router.dispatch(std::move(request));
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            co_return clientGone();
        co_return makeError(Errc::Internal, error.what());
    } catch (const std::exception& error) {
        co_return makeError(Errc::Internal, error.what());
    }
}

asio::awaitable<bool> Session::serveOne()
{
    if (!co_await readHead())
        co_return false;
    auto request = co_await makeRequest();
    const bool keepAlive = m_connection->parser->keep_alive();
    if (!request)
        co_return co_await send(toResponse(request.error()), keepAlive);
    const std::string what = request.value().method + " " + request.value().path;
    auto outcome = Result<Response>(clientGone());
    const bool isChange = request.value().method != "GET" && request.value().method != "HEAD";
    if (isChange) {
        // Neither a lost client nor a stopping engine leaves a change half made.
        const auto executor = co_await asio::this_coro::executor;
        outcome = co_await shielded(executor, handle(std::move(request).value()));
    } else {
        auto answer = [&]() -> asio::awaitable<void> {
            outcome = co_await handle(std::move(request).value());
        };
        co_await (answer() || watchClient(m_connection));
    }
    if (m_connection->hasClientGone)
        co_return false;
    if (!outcome) {
        const Error& error = outcome.error();
        const auto say = statusOf(error.code) >= 500 ? &log::warn : &log::debug;
        say("request failed", { { "request", what }, { "error", error.message } });
        co_return co_await send(toResponse(error), keepAlive);
    }
    Response response = std::move(outcome).value();
    if (response.hijack) {
        co_await hijack(std::move(response));
        co_return false;
    }
    if (response.stream)
        co_return co_await sendStream(std::move(response), keepAlive);
    co_return co_await send(std::move(response), keepAlive);
}

// True when the connection can take another request.
asio::awaitable<bool> Session::send(Response response, bool keepAlive)
{
    keepAlive = keepAlive && !m_connection->isBroken && co_await drainBody();
    HeadOptions options;
    options.keepAlive = keepAlive;
    options.contentLength = response.body.size();
    std::string bytes = encodeHead(response, options);
    if (!m_isHead && !isBodyless(response.status))
        bytes += response.body;
    const auto written = co_await writeBytes(m_connection, std::move(bytes));
    co_return keepAlive&& written.has_value();
}

asio::awaitable<bool> Session::sendStream(Response response, bool keepAlive)
{
    HeadOptions options;
    options.framing = m_isHttp10 ? Framing::Close : Framing::Chunked;
    options.keepAlive = keepAlive && !m_isHttp10;
    m_connection->mustSendContinue = false; // the answer's head says it as well
    if (!co_await writeBytes(m_connection, encodeHead(response, options)))
        co_return false;
    const auto stream = std::make_shared<BodyStream>(m_connection, !m_isHttp10, m_isHead);
    bool isWhole = false;
    auto streamed = [&]() -> asio::awaitable<void> {
        try {
            co_await response.stream(stream);
            isWhole = true;
        } catch (const std::exception& error) {
            log::debug("stream ended early", { { "error", error.what() } });
        }
    };
    co_await (streamed() || watchClient(m_connection));
    // Without the last chunk the client can tell that this is not all.
    if (!isWhole || m_connection->isBroken || m_connection->hasClientGone)
        co_return false;
    if (options.framing == Framing::Chunked && !m_isHead
        && !co_await writeBytes(m_connection, "0\r\n\r\n"))
        co_return false;
    co_return options.keepAlive&& co_await drainBody();
}

asio::awaitable<void> Session::hijack(Response response)
{
    m_connection->mustSendContinue = false;
    if (!co_await drainBody())
        co_return;
    if (!co_await writeBytes(m_connection, encodeHijackHead(response, m_isUpgrade)))
        co_return;
    const auto stream = std::make_shared<RawStream>(m_connection);
    auto served = [&]() -> asio::awaitable<void> {
        try {
            co_await response.hijack(stream);
        } catch (const std::exception& error) {
            log::debug("hijacked stream ended early", { { "error", error.what() } });
        }
    };
    co_await (served() || stream->watch());
    m_connection->isBroken = true;
}

// Skips what the handler left of the request's body; false when that is too much.
asio::awaitable<bool> Session::drainBody()
{
    auto& connection = *m_connection;
    if (connection.parser->is_done())
        co_return true;
    if (connection.mustSendContinue)
        co_return false; // whether the client sends its body now is not known: RFC 9110, 10.1.1
    SessionBody body(m_connection);
    for (std::size_t skipped = 0; skipped <= m_limits.drainBytes;) {
        const auto piece = co_await body.read();
        if (!piece)
            co_return false;
        if (piece.value().empty())
            co_return true;
        skipped += piece.value().size();
    }
    co_return false;
}

// Says "no more" first and reads on a little: a client that still sends must find the answer, and
// not a connection that was reset.
asio::awaitable<void> Session::close()
{
    boost::system::error_code ignored;
    auto& socket = m_connection->socket;
    socket.shutdown(UnixSocket::shutdown_send, ignored);
    asio::steady_timer deadline(socket.get_executor(), std::chrono::seconds(1));
    auto lingered = [&]() -> asio::awaitable<void> {
        std::string piece(kPieceBytes, '\0');
        for (std::size_t seen = 0; seen < (16U << 20U);) {
            const auto [code, size] = co_await socket.async_read_some(asio::buffer(piece), kAwait);
            if (code)
                co_return;
            seen += size;
        }
    };
    if (!hasHungUp(socket)) {
        auto timeUp = deadline.async_wait(kAwait);
        co_await (lingered() || std::move(timeUp));
    }
    socket.close(ignored);
}

} // namespace

asio::awaitable<void> serveSession(
    UnixSocket socket, const Router& router, Peer peer, SessionLimits limits)
{
    Session session(std::move(socket), router, peer, limits);
    try {
        co_await session.run();
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted)
            log::error("session failed", { { "error", error.what() } });
    } catch (const std::exception& error) {
        log::error("session failed", { { "error", error.what() } });
    }
}

asio::awaitable<void> refuseSession(UnixSocket socket, Error error)
{
    static const Router nothing;
    Session session(std::move(socket), nothing, Peer {}, SessionLimits {});
    try {
        co_await session.refuse(std::move(error));
    } catch (const std::exception& failure) {
        log::debug("refused session failed", { { "error", failure.what() } });
    }
}

} // namespace portlight::api
