#include "engine/api/session_streams.h"

#include "engine/api/http_head.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <chrono>

namespace portlight::api {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kHangUpGrace = std::chrono::seconds(5);

} // namespace

Error clientGone()
{
    return makeError(Errc::Cancelled, "the client has closed the connection");
}

bool hasHungUp(const UnixSocket& socket)
{
    pollfd entry { const_cast<UnixSocket&>(socket).native_handle(), 0, 0 };
    return ::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR)) != 0;
}

asio::awaitable<void> watchClient(ConnectionPtr connection)
{
    for (;;) {
        const auto [code] = co_await connection->socket.async_wait(UnixSocket::wait_error, kAwait);
        if (code)
            co_return;
        if (hasHungUp(connection->socket)) {
            connection->hasClientGone = true;
            co_return;
        }
    }
}

Task<void> writeBytes(ConnectionPtr connection, std::string bytes)
{
    const auto buffer = asio::buffer(bytes);
    const auto [code, size] = co_await asio::async_write(connection->socket, buffer, kAwait);
    if (code) {
        connection->isBroken = true;
        co_return clientGone();
    }
    co_return success();
}

SessionBody::SessionBody(ConnectionPtr connection)
    : m_connection(std::move(connection))
    , m_requestNumber(m_connection->requestNumber)
{
}

Task<std::string> SessionBody::read()
{
    // A handler may keep the body longer than its request lasts.
    if (m_requestNumber != m_connection->requestNumber)
        co_return makeError(Errc::Cancelled, "the request is over");
    auto& parser = *m_connection->parser;
    if (parser.is_done())
        co_return std::string();
    if (std::exchange(m_connection->mustSendContinue, false)) {
        PL_CO_TRY(co_await writeBytes(m_connection, "HTTP/1.1 100 Continue\r\n\r\n"));
    }
    std::string piece(kPieceBytes, '\0');
    for (;;) {
        parser.get().body().data = piece.data();
        parser.get().body().size = piece.size();
        auto [code, size] = co_await http::async_read_some(
            m_connection->socket, m_connection->buffer, parser, kAwait);
        const std::size_t got = piece.size() - parser.get().body().size;
        if (code == http::error::need_buffer)
            code = {};
        if (code) {
            m_connection->isBroken = true;
            if (code.category() == http::make_error_code(http::error::bad_chunk).category()
                && code != http::error::partial_message && code != http::error::end_of_stream)
                co_return makeError(Errc::InvalidArgument, "request body: " + code.message());
            co_return clientGone();
        }
        if (got > 0) {
            piece.resize(got);
            co_return piece;
        }
        if (parser.is_done())
            co_return std::string();
    }
}

BodyStream::BodyStream(ConnectionPtr connection, bool isChunked, bool isHead)
    : m_connection(std::move(connection))
    , m_isChunked(isChunked)
    , m_isHead(isHead)
{
}

Task<void> BodyStream::write(std::string bytes)
{
    if (bytes.empty() || m_isHead) // an empty chunk would be the end
        co_return success();
    if (m_connection->isBroken || m_connection->hasClientGone)
        co_return clientGone();
    const std::string head = m_isChunked ? chunkHead(bytes.size()) : std::string();
    const std::array<asio::const_buffer, 3> parts { asio::buffer(head), asio::buffer(bytes),
        asio::buffer("\r\n", m_isChunked ? 2 : 0) };
    const auto [code, size] = co_await asio::async_write(m_connection->socket, parts, kAwait);
    if (code) {
        m_connection->isBroken = true;
        co_return clientGone();
    }
    co_return success();
}

RawStream::RawStream(ConnectionPtr connection)
    : m_connection(std::move(connection))
    , m_drained(m_connection->socket.get_executor())
{
}

Task<std::string> RawStream::read()
{
    auto& buffer = m_connection->buffer;
    if (buffer.size() > 0) { // came in the same read as the header
        std::string bytes(static_cast<const char*>(buffer.data().data()), buffer.size());
        buffer.consume(buffer.size());
        co_return bytes;
    }
    std::string piece(kPieceBytes, '\0');
    const auto [code, size] =
        co_await m_connection->socket.async_read_some(asio::buffer(piece), kAwait);
    if (code && code != asio::error::eof)
        co_return clientGone();
    if (code)
        m_drained.cancel();
    piece.resize(size);
    co_return piece;
}

Task<void> RawStream::write(std::string bytes)
{
    if (bytes.empty())
        co_return success();
    co_return co_await writeBytes(m_connection, std::move(bytes));
}

asio::awaitable<void> RawStream::watch()
{
    co_await watchClient(m_connection);
    int unread = 0;
    if (::ioctl(m_connection->socket.native_handle(), FIONREAD, &unread) == 0
        && (unread > 0 || m_connection->buffer.size() > 0)) {
        m_drained.expires_after(kHangUpGrace);
        static_cast<void>(co_await m_drained.async_wait(kAwait));
    }
}

} // namespace portlight::api
