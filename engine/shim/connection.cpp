#include "engine/shim/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::shim {

Connection::Connection(EventLoop& loop, Fd socket, Callbacks callbacks)
    : m_loop(loop)
    , m_socket(std::move(socket))
    , m_callbacks(std::move(callbacks))
{
}

Connection::~Connection()
{
    m_loop.remove(m_socket);
    if (m_destroyed != nullptr)
        *m_destroyed = true;
}

Result<void> Connection::open()
{
    return m_loop.add(m_socket, EPOLLIN, [this](std::uint32_t events) { onReady(events); });
}

void Connection::send(runtime::FrameType type, std::string_view payload)
{
    if (m_isBroken)
        return;
    m_queue += runtime::encodeFrame(type, payload);
    flush();
}

void Connection::sendOutput(std::uint8_t stream, std::string_view bytes)
{
    std::string payload;
    payload.reserve(bytes.size() + 1);
    payload.push_back(static_cast<char>(stream));
    payload.append(bytes);
    send(runtime::FrameType::Output, payload);
}

void Connection::flush()
{
    while (m_sent < m_queue.size()) {
        const ssize_t put = ::send(m_socket.get(), m_queue.data() + m_sent, m_queue.size() - m_sent,
            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            // A peer that went away is noticed by the loop, not here: a caller may be iterating.
            m_isBroken = errno != EAGAIN;
            break;
        }
        m_sent += static_cast<std::size_t>(put);
    }
    if (m_sent == m_queue.size() || m_isBroken) {
        m_queue = std::string(); // an idle connection holds no memory
        m_sent = 0;
    } else if (m_sent > m_queue.size() / 2) {
        m_queue.erase(0, m_sent);
        m_sent = 0;
    }
    watch();
}

void Connection::watch()
{
    m_loop.watch(m_socket,
        (m_isReadPaused && !m_isBroken ? 0U : static_cast<std::uint32_t>(EPOLLIN))
            | (queuedBytes() > 0 ? static_cast<std::uint32_t>(EPOLLOUT) : 0U));
}

void Connection::setReadPaused(bool isPaused)
{
    m_isReadPaused = isPaused;
    watch();
}

void Connection::onReady(std::uint32_t events)
{
    bool isDestroyed = false;
    m_destroyed = &isDestroyed;
    if ((events & EPOLLOUT) != 0) {
        flush();
        m_callbacks.drained(*this);
        if (isDestroyed)
            return;
    }
    bool isAlive = !m_isBroken;
    if (isAlive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        isAlive = readFrames();
    if (isDestroyed)
        return;
    m_destroyed = nullptr;
    if (!isAlive)
        m_callbacks.closed(*this);
}

// False when the connection is over. Stops early when a callback destroys it.
bool Connection::readFrames()
{
    char buffer[16384];
    const ssize_t got = ::recv(m_socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0)
        return false;
    m_parser.feed(std::string_view(buffer, static_cast<std::size_t>(got)));
    const bool* const destroyed = m_destroyed;
    for (;;) {
        auto frame = m_parser.next();
        if (!frame)
            return false;
        if (!frame.value())
            return true;
        m_callbacks.frame(*this, std::move(*frame.value()));
        if (*destroyed)
            return true;
    }
}

} // namespace portlight::shim
