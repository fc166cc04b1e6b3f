#pragma once

#include "engine/base/event_loop.h"
#include "engine/base/syscalls.h"
#include "engine/forwarder/target.h"

#include <list>
#include <memory>
#include <vector>

namespace portlight::forwarder {

/// Passes the connections of one listening socket on, bytes by splice(2): they never come up into
/// this process. Half-closed connections stay half-closed.
class TcpRelay {
public:
    TcpRelay(EventLoop& loop, Fd listener, Target target)
        : m_loop(loop)
        , m_listener(std::move(listener))
        , m_target(target)
    {
    }
    TcpRelay(const TcpRelay&) = delete;
    TcpRelay& operator=(const TcpRelay&) = delete;

    Result<void> start();
    /// Takes no more connections; those that are there go on.
    void stopListening();
    std::size_t connectionCount() const { return m_connections.size(); }

private:
    struct Direction {
        Pipe pipe;
        std::size_t buffered = 0; ///< bytes in the pipe
        bool hasEnded = false; ///< the source has closed its sending side
        bool isDone = false; ///< and so has the other side been told
    };
    struct Connection {
        Fd client;
        Fd target;
        Direction up; ///< client to target
        Direction down;
        bool isConnecting = true;
        bool isClosing = false;
    };
    using Place = std::list<Connection>::iterator;

    void accept();
    Result<void> open(Fd client);
    void onEvent(Place at, bool isTarget);
    /// False: the connection is broken.
    static bool pump(const Fd& from, const Fd& to, Direction& way);
    void close(Place at, bool isReset);
    Result<Pipe> takePipe();
    void givePipe(Direction way);

    EventLoop& m_loop;
    Fd m_listener;
    Target m_target;
    std::list<Connection> m_connections;
    std::vector<Pipe> m_pipes; ///< empty ones, for reuse
    bool m_isPaused = false; ///< descriptors ran out: accept again when a connection has ended
};

} // namespace portlight::forwarder
