#pragma once

#include "engine/api/session.h"
#include "engine/base/task_group.h"

#include <optional>
#include <string>

namespace portlight::api {

struct ServerOptions {
    std::string socketPath;
    mode_t socketMode = 0600;
    std::optional<gid_t> socketGroup; ///< whose members may connect
    std::optional<uid_t> onlyUid; ///< others are answered 403
    SessionLimits limits;
};

/// Listens on a Unix socket and serves every connection with the router's handlers. Belongs to the
/// io thread; the router outlives it.
class Server {
public:
    /// Binds and listens. A socket file that nobody answers on is replaced: the caller holds the
    /// engine's lock, so it is a dead engine's.
    /// Errors: InvalidArgument for a path over 107 bytes, Conflict where something else answers
    /// there or the path is no socket, Forbidden and others from the file system.
    static Result<std::unique_ptr<Server>> listen(
        asio::any_io_executor executor, const Router& router, ServerOptions options);

    /// Removes the socket file, when it is still ours.
    ~Server();

    void start();
    /// Takes no new connection and ends the running ones; streams are cut, changes that were asked
    /// for are finished. Wait for it before the services that the handlers use go.
    asio::awaitable<void> stop();

private:
    Server(asio::any_io_executor executor, const Router& router, ServerOptions options);
    Result<void> bind();
    asio::awaitable<void> accept();
    asio::awaitable<void> serve(UnixSocket socket);

    asio::local::stream_protocol::acceptor m_acceptor;
    const Router& m_router;
    ServerOptions m_options;
    dev_t m_device = 0; ///< of the socket file: tells ours from a later one
    ino_t m_inode = 0;
    TaskGroup m_tasks;
};

} // namespace portlight::api
