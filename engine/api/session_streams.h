#pragma once

#include "engine/api/http.h"
#include "engine/api/session.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstdint>
#include <memory>
#include <optional>

/// What a handler holds of a connection: the request's body, a streamed answer, a raw stream. A
/// part of session.cpp, and the only header that shows Beast.
namespace portlight::api {

constexpr std::size_t kPieceBytes = 64U << 10U; ///< read from a socket at once

/// One connection's socket and the request that is being read from it. Shared with the body and
/// stream objects that handlers hold, which may outlive the request.
struct Connection {
    explicit Connection(UnixSocket opened)
        : socket(std::move(opened))
    {
    }
    UnixSocket socket;
    boost::beast::flat_buffer buffer;
    std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> parser;
    std::uint64_t requestNumber = 0;
    bool mustSendContinue = false; ///< the client waits for 100 before it sends its body
    bool isBroken = false; ///< no further request can be read
    bool hasClientGone = false;
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// Cancelled: the client has closed the connection.
Error clientGone();

/// Both directions closed, as opposed to a client that only has no more to send.
bool hasHungUp(const UnixSocket& socket);

/// Ends when the client has gone (or this task is cancelled).
asio::awaitable<void> watchClient(ConnectionPtr connection);

/// Sends all of @p bytes. Errors: Cancelled, and the connection is broken.
Task<void> writeBytes(ConnectionPtr connection, std::string bytes);

/// The body of the request that the connection is reading. RFC 9112, sections 6 and 7.
class SessionBody : public BodyReader {
public:
    explicit SessionBody(ConnectionPtr connection);
    /// The next piece, empty at the end. Errors: InvalidArgument for a malformed body, Cancelled
    /// when the client has gone or the request is over.
    Task<std::string> read() override;

private:
    ConnectionPtr m_connection;
    std::uint64_t m_requestNumber;
};

/// An answer of unknown length, in chunks or (HTTP/1.0) until the connection closes.
class BodyStream : public ResponseStream {
public:
    BodyStream(ConnectionPtr connection, bool isChunked, bool isHead);
    Task<void> write(std::string bytes) override;

private:
    ConnectionPtr m_connection;
    bool m_isChunked;
    bool m_isHead;
};

/// The connection after Docker's upgrade: bytes in both directions, half-close included.
class RawStream : public HijackedStream {
public:
    explicit RawStream(ConnectionPtr connection);
    Task<std::string> read() override;
    Task<void> write(std::string bytes) override;

    /// Ends when the client has gone. A client may send its input and go at once: what it sent is
    /// still to be read, within limits.
    asio::awaitable<void> watch();

private:
    ConnectionPtr m_connection;
    asio::steady_timer m_drained;
};

} // namespace portlight::api
