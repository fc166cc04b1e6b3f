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
    const std::uint32_t serial = ++m_lastSerial;
    wanted.data.u64 = std::uint64_t { serial } << 32U | static_cast<std::uint32_t>(fd.get());
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd.get(), &wanted) != 0)
        return errnoError(errno, "watch a descriptor");
    m_watches.insert_or_assign(
        fd.get(), Watch { serial, std::make_shared<Handler>(std::move(handler)) });
    return success();
}

void EventLoop::remove(const Fd& fd)
{
    if (m_watches.erase(fd.get()) != 0)
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
        const auto found = m_watches.find(static_cast<int>(event.data.u64 & 0xffffffffU));
        if (found == m_watches.end() || found->second.serial != event.data.u64 >> 32U)
            continue;
        const auto handler = found->second.handler; // it may remove itself
        (*handler)(event.events);
    }
    for (const auto& work : std::exchange(m_later, {}))
        work();
    return success();
}

} // namespace portlight
