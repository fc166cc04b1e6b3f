#include "engine/api/server.h"

#include "engine/base/log.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>

namespace portlight::api {

namespace {

constexpr auto kAcceptPause = std::chrono::milliseconds(100);

// Removes what a dead engine left; says so where something lives there.
Result<void> clearPath(asio::any_io_executor executor, const std::string& path)
{
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return errno == ENOENT ? Result<void>(success())
                               : Result<void>(errnoError(errno, "look at '" + path + "'"));
    if (!S_ISSOCK(info.st_mode))
        return makeError(Errc::Conflict,
            "'" + path + "' is there and is no socket; remove it or choose another --socket");
    UnixSocket probe(std::move(executor));
    boost::system::error_code code;
    probe.connect(asio::local::stream_protocol::endpoint(path), code);
    if (!code)
        return makeError(Errc::Conflict,
            "another program answers on '" + path + "'; stop it or choose another --socket");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return errnoError(errno, "remove stale socket '" + path + "'");
    return success();
}

} // namespace

Server::Server(asio::any_io_executor executor, const Router& router, ServerOptions options)
    : m_acceptor(executor)
    , m_router(router)
    , m_options(std::move(options))
    , m_tasks(executor)
{
}

Result<std::unique_ptr<Server>> Server::listen(
    asio::any_io_executor executor, const Router& router, ServerOptions options)
{
    std::unique_ptr<Server> server(new Server(std::move(executor), router, std::move(options)));
    PL_TRY(server->bind());
    return server;
}

Result<void> Server::bind()
{
    const std::string& path = m_options.socketPath;
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        return makeError(Errc::InvalidArgument,
            "socket path of " + std::to_string(path.size()) + " bytes is too long (at most 107): '"
                + path + "'; choose a shorter --socket");
    PL_TRY(clearPath(m_acceptor.get_executor(), path));
    boost::system::error_code code;
    m_acceptor.open(asio::local::stream_protocol(), code);
    // Nobody may connect before the mode is set: bind makes the file with this umask.
    const mode_t oldMask = ::umask(0777);
    if (!code)
        m_acceptor.bind(asio::local::stream_protocol::endpoint(path), code);
    ::umask(oldMask);
    if (code)
        return errnoError(code.value(), "bind socket '" + path + "'");
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    m_device = info.st_dev;
    m_inode = info.st_ino;
    if (m_options.socketGroup
        && ::lchown(path.c_str(), static_cast<uid_t>(-1), *m_options.socketGroup) != 0)
        return errnoError(errno, "give socket '" + path + "' to its group");
    if (::chmod(path.c_str(), m_options.socketMode) != 0)
        return errnoError(errno, "set mode of socket '" + path + "'");
    m_acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code)
        return errnoError(code.value(), "listen on '" + path + "'");
    return success();
}

Server::~Server()
{
    struct stat info {};
    const std::string& path = m_options.socketPath;
    if (m_inode != 0 && ::lstat(path.c_str(), &info) == 0 && info.st_dev == m_device
        && info.st_ino == m_inode)
        ::unlink(path.c_str());
}

void Server::start()
{
    m_tasks.spawn(accept());
}

asio::awaitable<void> Server::stop()
{
    boost::system::error_code ignored;
    m_acceptor.close(ignored);
    co_await m_tasks.stop();
}

asio::awaitable<void> Server::accept()
{
    asio::steady_timer pause(m_acceptor.get_executor());
    for (;;) {
        auto [code, socket] = co_await m_acceptor.async_accept(kAwait);
        if (!m_acceptor.is_open() || code == asio::error::operation_aborted)
            co_return;
        if (code) { // no descriptors left: let some sessions end instead of spinning
            log::warn("cannot accept a connection", { { "error", code.message() } });
            pause.expires_after(kAcceptPause);
            static_cast<void>(co_await pause.async_wait(kAwait));
            continue;
        }
        m_tasks.spawn(serve(std::move(socket)));
    }
}

asio::awaitable<void> Server::serve(UnixSocket socket)
{
    ucred credentials {};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        co_return;
    if (m_options.onlyUid && credentials.uid != *m_options.onlyUid) {
        Error refusal = makeError(Errc::Forbidden,
            "this is the rootless engine of one user, whose files and ids its containers use: it "
            "serves that user alone, not even root; call it as that user, or start an engine of "
            "your own");
        co_return co_await refuseSession(std::move(socket), std::move(refusal));
    }
    const Peer peer { credentials.uid, credentials.gid, credentials.pid };
    co_await serveSession(std::move(socket), m_router, peer, m_options.limits);
}

} // namespace portlight::api
