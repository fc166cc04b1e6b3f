#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace portlight {

/// epoll(7). Handlers may add and remove any descriptor, their own too: what was removed is not
/// called again, even where its event is already there, nor is what got its number meanwhile.
class EventLoop {
public:
    using Handler = std::function<void(std::uint32_t events)>;

    static Result<EventLoop> create();

    /// @p events as epoll_ctl(2) takes them. The descriptor stays the caller's.
    Result<void> add(const Fd& fd, std::uint32_t events, Handler handler);
    void remove(const Fd& fd);
    /// Calls @p work after the handler that runs now; for objects that end themselves.
    void later(std::function<void()> work) { m_later.push_back(std::move(work)); }
    /// Waits at most @p timeoutMs (-1: for ever) and handles what came.
    Result<void> runOnce(int timeoutMs);

private:
    explicit EventLoop(Fd epoll)
        : m_epoll(std::move(epoll))
    {
    }
    Fd m_epoll;
    struct Watch {
        std::uint32_t serial; ///< tells apart descriptors that had the same number
        std::shared_ptr<Handler> handler;
    };
    std::unordered_map<int, Watch> m_watches;
    std::uint32_t m_lastSerial = 0;
    std::vector<std::function<void()>> m_later;
};

} // namespace portlight
