#include "engine/shim/event_loop.h"

#include <cerrno>

namespace portlight::shim {

Result<EventLoop> EventLoop::create()
{
    Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.isOpen())
        return errnoError(errno, "make epoll");
    return EventLoop(std::move(epoll));
}

Result<void> EventLoop::add(const Fd& fd, std::uint32_t events, Handler handler)
{
    m_entries[fd.get()] = Entry { 0, false, std::move(handler) };
    watch(fd, events);
    if (events != 0 && !m_entries[fd.get()].isRegistered)
        return errnoError(errno, "watch descriptor");
    return success();
}

void EventLoop::watch(const Fd& fd, std::uint32_t events)
{
    const auto found = m_entries.find(fd.get());
    if (found == m_entries.end() || (found->second.isRegistered && found->second.events == events))
        return;
    Entry& entry = found->second;
    epoll_event event {};
    event.events = events;
    event.data.fd = fd.get();
    // A descriptor that is watched for nothing still reports hang-ups, over and over: take it out.
    if (events == 0) {
        if (entry.isRegistered)
            ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
        entry.isRegistered = false;
    } else {
        const int operation = entry.isRegistered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        entry.isRegistered = ::epoll_ctl(m_epoll.get(), operation, fd.get(), &event) == 0;
    }
    entry.events = events;
}

void EventLoop::remove(const Fd& fd)
{
    watch(fd, 0);
    m_entries.erase(fd.get());
}

Result<bool> EventLoop::runOnce(int timeoutMs)
{
    epoll_event event {};
    const int count = ::epoll_wait(m_epoll.get(), &event, 1, timeoutMs);
    if (count < 0 && errno != EINTR)
        return errnoError(errno, "wait for events");
    if (count <= 0)
        return false;
    if (const auto found = m_entries.find(event.data.fd); found != m_entries.end()) {
        const Handler handler = found->second.handler; // it may remove itself
        handler(event.events);
    }
    return true;
}

} // namespace portlight::shim
