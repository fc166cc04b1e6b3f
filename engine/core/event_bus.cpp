#include "engine/core/event_bus.h"

#include <algorithm>
#include <chrono>

namespace portlight::core {

namespace {

std::int64_t nowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

EventBus::Listener::Listener(asio::any_io_executor executor)
    : m_wakeUp(std::move(executor), asio::steady_timer::time_point::max())
{
}

Task<Event> EventBus::Listener::next()
{
    while (m_queue.empty()) {
        if (m_hasOverrun)
            co_return makeError(Errc::Unavailable,
                "this event stream was read too slowly and has lost events; ask again with since");
        if (m_isClosed)
            co_return makeError(Errc::Cancelled, "the engine is stopping");
        // publish() cancels the timer to wake us; so does whoever cancels the task: tell them apart
        // by the task's own cancellation state.
        static_cast<void>(co_await m_wakeUp.async_wait(kAwait));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            co_return makeError(Errc::Cancelled, "the event stream was ended");
    }
    Event event = std::move(m_queue.front());
    m_queue.pop_front();
    co_return event;
}

EventBus::EventBus(asio::any_io_executor executor)
    : m_executor(std::move(executor))
{
}

void EventBus::publish(Event event)
{
    if (event.timeNs == 0)
        event.timeNs = nowNs();
    for (auto at = m_listeners.begin(); at != m_listeners.end();) {
        const auto listener = at->lock();
        if (!listener) {
            at = m_listeners.erase(at);
            continue;
        }
        if (listener->m_queue.size() >= kListenerBacklog)
            listener->m_hasOverrun = true;
        else if (!listener->m_hasOverrun)
            listener->m_queue.push_back(event);
        listener->m_wakeUp.cancel();
        ++at;
    }
    m_history.push_back(std::move(event));
    if (m_history.size() > kHistory)
        m_history.pop_front();
}

std::shared_ptr<EventBus::Listener> EventBus::listen()
{
    const std::shared_ptr<Listener> listener(new Listener(m_executor));
    m_listeners.push_back(listener);
    return listener;
}

std::vector<Event> EventBus::history(std::int64_t sinceNs, std::int64_t untilNs) const
{
    std::vector<Event> found;
    for (const Event& event : m_history)
        if (event.timeNs >= sinceNs && event.timeNs <= untilNs)
            found.push_back(event);
    return found;
}

std::size_t EventBus::listenerCount() const
{
    return static_cast<std::size_t>(std::count_if(m_listeners.begin(), m_listeners.end(),
        [](const auto& listener) { return !listener.expired(); }));
}

void EventBus::close()
{
    for (const auto& weak : m_listeners) {
        if (const auto listener = weak.lock()) {
            listener->m_isClosed = true;
            listener->m_wakeUp.cancel();
        }
    }
}

} // namespace portlight::core
