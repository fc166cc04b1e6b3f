#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <list>
#include <memory>

namespace portlight {

/// The tasks that one object has running: it cancels and awaits them before it goes. io thread.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Runs @p task until it ends or stop() cancels it. An exception that leaves it is logged.
    void spawn(asio::awaitable<void> task);
    /// Cancels all tasks and comes back when they have ended; later spawns are ignored.
    asio::awaitable<void> stop();
    bool isEmpty() const noexcept { return m_state->signals.empty(); }

private:
    struct State {
        explicit State(const asio::any_io_executor& executor)
            : ended(executor, asio::steady_timer::time_point::max())
        {
        }
        std::list<asio::cancellation_signal> signals;
        asio::steady_timer ended; ///< cancelled when the last task ends
        bool isStopping = false;
    };
    asio::any_io_executor m_executor;
    std::shared_ptr<State> m_state;
};

/// Awaits @p task without passing the caller's cancellation on: what was begun is finished even
/// when the client that asked for it has gone.
template <class T>
asio::awaitable<T> shielded(asio::any_io_executor executor, asio::awaitable<T> task)
{
    // co_spawn wants a value that can be made from nothing, which a Result cannot.
    auto boxed = [](asio::awaitable<T> inner) -> asio::awaitable<std::unique_ptr<T>> {
        co_return std::make_unique<T>(co_await std::move(inner));
    };
    auto value = co_await asio::co_spawn(executor, boxed(std::move(task)),
        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
    co_return std::move(*value);
}

} // namespace portlight
