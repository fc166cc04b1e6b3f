#include "engine/forwarder/tcp_relay.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::forwarder {

namespace {

// Five times as fast as the default of 64 KiB; pipe(7) limits the pages of a user, so a smaller one
// is taken where the kernel refuses.
constexpr int kPipeBytes = 256 << 10;
constexpr std::size_t kSpareThreshold = 32;
constexpr std::uint32_t kEdges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

void sendAtOnce(const Fd& socket)
{
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int pendingError(const Fd& socket)
{
    int number = 0;
    socklen_t size = sizeof number;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno;
}

ssize_t spliceOnce(int from, int to, std::size_t most)
{
    ssize_t moved = -1;
    do
        moved = ::splice(from, nullptr, to, nullptr, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    while (moved < 0 && errno == EINTR);
    return moved;
}

} // namespace

Result<void> TcpRelay::start()
{
    return m_loop.add(m_listener, EPOLLIN, [this](std::uint32_t) { accept(); });
}

void TcpRelay::stopListening()
{
    if (!m_listener.isOpen())
        return;
    if (!m_isPaused || m_connections.empty())
        m_loop.remove(m_listener);
    m_listener.reset();
    m_isPaused = false;
}

void TcpRelay::accept()
{
    for (;;) {
        Fd client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!client.isOpen()) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            m_isPaused = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
            if (m_isPaused && !m_connections.empty())
                m_loop.remove(m_listener);
            return;
        }
        // A client that cannot be served sees its connection closed.
        static_cast<void>(open(std::move(client)).has_value());
    }
}

Result<Pipe> TcpRelay::takePipe()
{
    if (!m_pipes.empty()) {
        Pipe pipe = std::move(m_pipes.back());
        m_pipes.pop_back();
        return pipe;
    }
    PL_TRY(auto pipe, makePipe());
    ::fcntl(pipe.write.get(), F_SETPIPE_SZ, kPipeBytes);
    return pipe;
}

void TcpRelay::givePipe(Direction way)
{
    if (way.buffered == 0 && m_pipes.size() < kSpareThreshold)
        m_pipes.push_back(std::move(way.pipe));
}

Result<void> TcpRelay::open(Fd client)
{
    Connection made;
    PL_TRY(made.up.pipe, takePipe());
    PL_TRY(made.down.pipe, takePipe());
    PL_TRY(made.target, m_target.connect(SOCK_STREAM));
    made.client = std::move(client);
    sendAtOnce(made.client);
    sendAtOnce(made.target);
    m_connections.push_back(std::move(made));
    const auto at = std::prev(m_connections.end());
    const auto watched = [&]() -> Result<void> {
        PL_TRY(m_loop.add(at->client, kEdges, [this, at](std::uint32_t) { onEvent(at, false); }));
        return m_loop.add(at->target, kEdges, [this, at](std::uint32_t) { onEvent(at, true); });
    }();
    if (!watched)
        close(at, true);
    return watched;
}

void TcpRelay::onEvent(Place at, bool isTarget)
{
    if (at->isClosing)
        return;
    if (at->isConnecting) {
        if (!isTarget)
            return; // its bytes wait in the socket
        if (pendingError(at->target) != 0)
            return close(at, true);
        sockaddr_storage peer {};
        socklen_t size = sizeof peer;
        if (::getpeername(at->target.get(), reinterpret_cast<sockaddr*>(&peer), &size) != 0)
            return; // not there yet
        at->isConnecting = false;
    }
    if (!pump(at->client, at->target, at->up) || !pump(at->target, at->client, at->down))
        return close(at, true);
    if (at->up.isDone && at->down.isDone)
        close(at, false);
}

bool TcpRelay::pump(const Fd& from, const Fd& to, Direction& way)
{
    for (bool hasMoved = true; hasMoved && !way.isDone;) {
        hasMoved = false;
        if (!way.hasEnded) {
            const ssize_t in = spliceOnce(from.get(), way.pipe.write.get(), kPipeBytes);
            if (in > 0) {
                way.buffered += static_cast<std::size_t>(in);
                hasMoved = true;
            } else if (in == 0) {
                way.hasEnded = true;
            } else if (errno != EAGAIN) {
                return false;
            }
        }
        if (way.buffered > 0) {
            const ssize_t out = spliceOnce(way.pipe.read.get(), to.get(), way.buffered);
            if (out > 0) {
                way.buffered -= static_cast<std::size_t>(out);
                hasMoved = true;
            } else if (out < 0 && errno != EAGAIN) {
                return false;
            }
        }
        if (way.hasEnded && way.buffered == 0) {
            ::shutdown(to.get(), SHUT_WR);
            way.isDone = true;
        }
    }
    return true;
}

void TcpRelay::close(Place at, bool isReset)
{
    at->isClosing = true;
    m_loop.remove(at->client);
    m_loop.remove(at->target);
    if (isReset) {
        // Who talks to a container that went away must not take it for a proper end.
        const linger now { 1, 0 };
        for (const Fd* socket : { &at->client, &at->target })
            ::setsockopt(socket->get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    m_loop.later([this, at] {
        givePipe(std::move(at->up));
        givePipe(std::move(at->down));
        m_connections.erase(at);
        if (std::exchange(m_isPaused, false))
            static_cast<void>(start().has_value());
    });
}

} // namespace portlight::forwarder
