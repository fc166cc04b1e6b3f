#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

/// Something that happened to an object; Engine API 1.50, SystemEvents (EventMessage).
struct Event {
    std::string type; ///< "container", "image", "network", "volume", "daemon"
    std::string action; ///< "create", "start", "die", "load", …
    std::string actorId;
    std::map<std::string, std::string> attributes; ///< name, image, exitCode, labels
    std::int64_t timeNs = 0; ///< wall clock; publish() fills it in where it is 0
};

/// Hands events to whoever listens and keeps the newest for those who ask for the past. Belongs to
/// the io thread: publish from there only.
class EventBus {
public:
    static constexpr std::size_t kHistory = 1024;
    static constexpr std::size_t kListenerBacklog = 4096; ///< a listener this far behind is ended

    class Listener {
    public:
        /// The next event; waits. Errors: Cancelled when the task is cancelled or the bus closed,
        /// Unavailable when this listener did not keep up.
        Task<Event> next();

    private:
        friend class EventBus;
        explicit Listener(asio::any_io_executor executor);
        asio::steady_timer m_wakeUp;
        std::deque<Event> m_queue;
        bool m_isClosed = false;
        bool m_hasOverrun = false;
    };

    explicit EventBus(asio::any_io_executor executor);

    void publish(Event event);
    /// A listener sees what is published from now on, until its last owner lets it go.
    std::shared_ptr<Listener> listen();
    /// Kept events with since <= time <= until, oldest first.
    std::vector<Event> history(std::int64_t sinceNs, std::int64_t untilNs) const;
    std::size_t listenerCount() const;
    /// Ends all listeners (shutdown).
    void close();

private:
    asio::any_io_executor m_executor;
    std::deque<Event> m_history;
    std::list<std::weak_ptr<Listener>> m_listeners;
};

} // namespace portlight::core
