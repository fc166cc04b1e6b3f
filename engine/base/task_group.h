#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <utility>

namespace portlight {

/// Tasks that somebody owns: they can be told to end, and waited for. Belongs to the io thread.
/// Destroying the group tells what still runs to end; what a task refers to must outlive the task,
/// so an owner joins first where it can.
class TaskGroup {
public:
    /// @p onFailure hears of exceptions that leave a task (other than by cancellation).
    using FailureHandler = std::function<void(std::exception_ptr)>;

    explicit TaskGroup(asio::any_io_executor executor, FailureHandler onFailure = {})
        : m_state(std::make_shared<State>(std::move(executor), std::move(onFailure)))
    {
    }
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup() { cancel(); }

    void spawn(asio::awaitable<void> task)
    {
        const auto state = m_state;
        const auto signal = std::make_shared<asio::cancellation_signal>();
        state->running.push_back(signal);
        auto finished = [state, signal](std::exception_ptr failure) {
            state->running.remove(signal);
            if (failure && !isCancellation(failure) && state->onFailure)
                state->onFailure(failure);
            if (state->running.empty())
                state->emptied.cancel();
        };
        asio::co_spawn(state->emptied.get_executor(), std::move(task),
            asio::bind_cancellation_slot(signal->slot(), std::move(finished)));
    }

    /// Tells all tasks to end (asio's terminal cancellation): their next wait fails.
    void cancel()
    {
        const auto running = m_state->running;
        for (const auto& signal : running)
            signal->emit(asio::cancellation_type::terminal);
    }

    std::size_t size() const { return m_state->running.size(); }

    /// Waits until no task runs; throws nothing. Ends early when the waiting task is cancelled.
    asio::awaitable<void> join()
    {
        const auto state = m_state;
        while (!state->running.empty()) {
            static_cast<void>(co_await state->emptied.async_wait(kAwait));
            const auto mine = co_await asio::this_coro::cancellation_state;
            if (mine.cancelled() != asio::cancellation_type::none)
                co_return;
        }
    }

private:
    struct State {
        State(asio::any_io_executor executor, FailureHandler handler)
            : emptied(std::move(executor), asio::steady_timer::time_point::max())
            , onFailure(std::move(handler))
        {
        }
        asio::steady_timer emptied;
        FailureHandler onFailure;
        std::list<std::shared_ptr<asio::cancellation_signal>> running;
    };

    static bool isCancellation(const std::exception_ptr& failure)
    {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            return error.code() == asio::error::operation_aborted;
        } catch (...) {
            return false;
        }
    }

    std::shared_ptr<State> m_state;
};

} // namespace portlight
