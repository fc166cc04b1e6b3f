#include "engine/core/notifier.h"

namespace portlight::core {

void Notifier::notifyAll()
{
    ++m_generation;
    for (auto* timer : m_waiters)
        timer->cancel();
}

Task<bool> Notifier::wait(std::uint64_t seen, Clock::time_point deadline)
{
    asio::steady_timer timer(m_executor, deadline);
    const auto at = m_waiters.insert(m_waiters.end(), &timer);
    struct Leave {
        std::list<asio::steady_timer*>& waiters;
        std::list<asio::steady_timer*>::iterator at;
        ~Leave() { waiters.erase(at); }
    } const leave { m_waiters, at };
    while (m_generation == seen) {
        const auto [code] = co_await timer.async_wait(kAwait);
        if (!code)
            co_return m_generation != seen;
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            co_return makeError(Errc::Cancelled, "the wait was ended");
    }
    co_return true;
}

Task<AsyncMutex::Guard> AsyncMutex::lock()
{
    if (!m_isLocked) {
        m_isLocked = true;
        co_return Guard(this);
    }
    const auto waiter = std::make_shared<Waiter>(m_executor);
    m_waiters.push_back(waiter);
    while (!waiter->isOwner) {
        static_cast<void>(co_await waiter->timer.async_wait(kAwait));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none)
            continue;
        if (waiter->isOwner)
            unlock(); // the turn came and the cancellation too: pass it on
        co_return makeError(Errc::Cancelled, "the wait was ended");
    }
    co_return Guard(this);
}

void AsyncMutex::unlock()
{
    while (!m_waiters.empty()) {
        const auto next = m_waiters.front().lock();
        m_waiters.pop_front();
        if (!next)
            continue;
        next->isOwner = true;
        next->timer.cancel();
        return; // stays locked: it has a new owner
    }
    m_isLocked = false;
}

} // namespace portlight::core
