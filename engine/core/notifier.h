#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <utility>

namespace portlight::core {

/// Wakes the tasks that wait for something to change. Take generation() before looking at what may
/// change, so that a change between the look and the wait is not missed. io thread only.
class Notifier {
public:
    using Clock = std::chrono::steady_clock;

    explicit Notifier(asio::any_io_executor executor)
        : m_executor(std::move(executor))
    {
    }
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    std::uint64_t generation() const noexcept { return m_generation; }
    void notifyAll();
    /// Returns true once generation() differs from @p seen, false when @p deadline came first.
    /// Errors: Cancelled when the waiting task is cancelled.
    Task<bool> wait(std::uint64_t seen, Clock::time_point deadline = Clock::time_point::max());

private:
    asio::any_io_executor m_executor;
    std::uint64_t m_generation = 0;
    std::list<asio::steady_timer*> m_waiters;
};

/// A mutex for tasks: who waits suspends; first come, first served. io thread only; it must outlive
/// its guards.
class AsyncMutex {
public:
    class Guard {
    public:
        explicit Guard(AsyncMutex* owner)
            : m_owner(owner)
        {
        }
        Guard(Guard&& other) noexcept
            : m_owner(std::exchange(other.m_owner, nullptr))
        {
        }
        Guard& operator=(Guard&&) = delete;
        ~Guard()
        {
            if (m_owner)
                m_owner->unlock();
        }

    private:
        AsyncMutex* m_owner;
    };

    explicit AsyncMutex(asio::any_io_executor executor)
        : m_executor(std::move(executor))
    {
    }
    AsyncMutex(const AsyncMutex&) = delete;
    AsyncMutex& operator=(const AsyncMutex&) = delete;

    /// Errors: Cancelled when the waiting task is cancelled.
    Task<Guard> lock();

private:
    struct Waiter {
        explicit Waiter(const asio::any_io_executor& executor)
            : timer(executor, asio::steady_timer::time_point::max())
        {
        }
        asio::steady_timer timer;
        bool isOwner = false;
    };
    void unlock();

    asio::any_io_executor m_executor;
    bool m_isLocked = false;
    std::deque<std::weak_ptr<Waiter>> m_waiters;
};

} // namespace portlight::core
