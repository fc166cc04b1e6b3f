#include "engine/base/event_loop.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <utility>

namespace portlight {

Result<EventLoop> EventLoop::create()
{
    Fd made(::epoll_create1(EPOLL_CLOEXEC));
    if (!made.isOpen())
        return errnoError(errno, "make epoll");
    return EventLoop(std::move(made));
}

Result<void> EventLoop::add(const Fd& fd, std::uint32_t events, Handler handler)
{
    epoll_event wanted {};
    wanted.events = events;
    wanted.data.fd = fd.get();
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd.get(), &wanted) != 0)
        return errnoError(errno, "watch a descriptor");
    m_handlers.insert_or_assign(fd.get(), std::make_shared<Handler>(std::move(handler)));
    return success();
}

void EventLoop::remove(const Fd& fd)
{
    if (m_handlers.erase(fd.get()) != 0)
        ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
}

Result<void> EventLoop::runOnce(int timeoutMs)
{
    std::array<epoll_event, 64> events {};
    const int count =
        ::epoll_wait(m_epoll.get(), events.data(), static_cast<int>(events.size()), timeoutMs);
    if (count < 0 && errno != EINTR)
        return errnoError(errno, "wait for events");
    for (int at = 0; at < count; ++at) {
        const auto& event = events[static_cast<std::size_t>(at)];
        const auto found = m_handlers.find(event.data.fd);
        if (found == m_handlers.end())
            continue;
        const auto handler = found->second; // it may remove itself
        (*handler)(event.events);
    }
    // At the end, so that no number is used anew while its old events are in the list.
    for (const auto& work : std::exchange(m_later, {}))
        work();
    return success();
}

} // namespace portlight
