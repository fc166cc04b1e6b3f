#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <sys/epoll.h>

namespace portlight::shim {

/// epoll(7) for a program with a few descriptors. Handlers run one at a time, each on a fresh look
/// at what is ready, so that a handler may add and remove any descriptor, its own too.
class EventLoop {
public:
    using Handler = std::function<void(std::uint32_t events)>;

    static Result<EventLoop> create();

    /// Calls @p handler whenever @p fd is ready for @p events (EPOLLIN, EPOLLOUT); errors and
    /// hang-ups are always told. The descriptor stays the caller's and is removed before closing.
    Result<void> add(const Fd& fd, std::uint32_t events, Handler handler);
    /// Changes what is waited for; 0 waits for nothing, not even a hang-up.
    void watch(const Fd& fd, std::uint32_t events);
    void remove(const Fd& fd);

    /// Waits for one event at most @p timeoutMs (-1: for ever) and handles it.
    /// True when there was one.
    Result<bool> runOnce(int timeoutMs);

private:
    explicit EventLoop(Fd epoll)
        : m_epoll(std::move(epoll))
    {
    }
    struct Entry {
        std::uint32_t events = 0;
        bool isRegistered = false;
        Handler handler;
    };
    Fd m_epoll;
    std::map<int, Entry> m_entries;
};

} // namespace portlight::shim
