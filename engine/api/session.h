#pragma once

#include "engine/api/router.h"

#include <boost/asio/local/stream_protocol.hpp>

#include <cstddef>

namespace portlight::api {

using UnixSocket = asio::local::stream_protocol::socket;

/// What one client may cost before it is turned away.
struct SessionLimits {
    std::size_t headerBytes = 64U << 10U;
    /// Bytes of an unread request body that are skipped to keep the connection; more closes it.
    std::size_t drainBytes = 256U << 10U;
};

/// Speaks HTTP/1.1 on @p socket until either side ends it: RFC 9110 and 9112, and Docker's upgrade
/// of attach and exec to a raw stream. Never throws.
///
/// A client that goes away ends what only it would have seen: GET and HEAD handlers, streams and
/// hijacked connections are cancelled. A change that was asked for (POST, PUT, DELETE) is carried
/// out all the same; its handler hears of the client through its body and its stream alone.
asio::awaitable<void> serveSession(
    UnixSocket socket, const Router& router, Peer peer, SessionLimits limits = {});

/// Answers the first request with @p error whatever it asks, and closes.
asio::awaitable<void> refuseSession(UnixSocket socket, Error error);

} // namespace portlight::api
