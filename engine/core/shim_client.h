#pragma once

#include "engine/base/async.h"
#include "engine/base/fd.h"
#include "engine/core/notifier.h"
#include "engine/runtime/sealed_program.h"
#include "engine/runtime/shim_protocol.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace portlight::core {

/// A shim that was just started: our end of its control connection, and the process.
struct SpawnedShim {
    Fd control;
    Fd pidFd; ///< names the process whatever happens to its number; readable once it has ended
    pid_t pid = -1;
};

/// Starts @p program (`portlight-shim --bundle B --state S`) with descriptor 3 as its control
/// connection, without forking this process (posix_spawn, which is vfork-like), in a session of its
/// own, with default signals. What it prints goes to @p state/shim.log; @p networkSpace, where it
/// is open, is its descriptor 4 (runtime::kNetworkFd). Blocking for about a millisecond: call it
/// from the worker pool. Errors: Internal naming the program and the cause.
Result<SpawnedShim> spawnShim(const runtime::SealedProgram& program, const std::string& bundle,
    const std::string& state, const Fd& networkSpace = Fd());

/// Waits until the process of @p pidFd has ended and reaps it; does nothing for a foreign child.
asio::awaitable<void> reapProcess(asio::any_io_executor executor, Fd pidFd);

/// One connection to a shim: frames in both directions. io thread only. shim_protocol.h.
class ShimConnection {
public:
    /// Takes a connected stream socket.
    ShimConnection(const asio::any_io_executor& executor, Fd socket);

    /// Connects to @p state/shim.sock. Errors: NotFound where there is no socket, Unavailable where
    /// nobody listens on it.
    static Result<std::shared_ptr<ShimConnection>> open(
        const asio::any_io_executor& executor, const std::string& state);

    /// Sends one frame; concurrent senders take turns. Errors: Unavailable when the shim has gone.
    Task<void> send(runtime::FrameType type, std::string payload = {});
    /// The next frame. Errors: Unavailable at the end of the connection, InvalidArgument for bytes
    /// that are no frame, Cancelled.
    Task<runtime::Frame> receive();
    void close();

private:
    asio::local::stream_protocol::socket m_socket;
    AsyncMutex m_sending;
    runtime::FrameParser m_parser;
    std::array<char, 65536> m_buffer {};
};

/// The connection over which the engine commands a shim: answers come in the order of the requests,
/// Exited at any time. io thread only.
class ShimControl {
public:
    explicit ShimControl(
        asio::any_io_executor executor, std::shared_ptr<ShimConnection> connection);

    /// Sends a frame and waits for its answer (State, Started, Failed, Done, Refused).
    /// Errors: Unavailable when the connection ends first.
    Task<runtime::Frame> request(runtime::FrameType type, std::string payload = {});
    /// Waits for the frame that a fresh shim sends by itself (Ready).
    Task<runtime::Frame> awaitFirst();
    Task<void> send(runtime::FrameType type, std::string payload = {})
    {
        return m_connection->send(type, std::move(payload));
    }
    /// Reads until the connection ends. @p onFrame sees every frame before the task that waits for
    /// it does, so that what it tells (Started, then Exited) is taken in order.
    asio::awaitable<void> run(std::function<void(const runtime::Frame&)> onFrame);
    void close() { m_connection->close(); }

private:
    struct Pending {
        explicit Pending(asio::any_io_executor executor)
            : answered(std::move(executor))
        {
        }
        Notifier answered;
        std::optional<runtime::Frame> frame;
    };
    Task<runtime::Frame> answerOf(std::shared_ptr<Pending> pending);

    asio::any_io_executor m_executor;
    std::shared_ptr<ShimConnection> m_connection;
    std::deque<std::shared_ptr<Pending>> m_pending;
    bool m_isClosed = false;
};

} // namespace portlight::core
