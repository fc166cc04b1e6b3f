#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cassert>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace portlight::core {

/// Long work on a thread of its own, watched from the io thread. Letting the job go before the end
/// cancels the work.
template <class Progress, class Value> class ProgressJob {
public:
    /// What the io thread and the work's thread share. Everything but isCancelled belongs to the io
    /// thread.
    struct State {
        explicit State(const asio::any_io_executor& executor)
            : changed(executor, asio::steady_timer::time_point::max())
        {
        }
        void add(Progress step, bool canBeLeftOut)
        {
            // A client that does not read gets a summary of what it missed, not all of it.
            constexpr std::size_t kMaxPending = 512;
            if (canBeLeftOut && progress.size() >= kMaxPending)
                return;
            progress.push_back(std::move(step));
            changed.cancel();
        }

        asio::steady_timer changed;
        std::deque<Progress> progress;
        std::optional<Result<Value>> result;
        std::atomic<bool> isCancelled = false;
    };

    explicit ProgressJob(std::shared_ptr<State> state)
        : m_state(std::move(state))
    {
    }
    ~ProgressJob() { m_state->isCancelled = true; }
    ProgressJob(const ProgressJob&) = delete;
    ProgressJob& operator=(const ProgressJob&) = delete;

    /// What happened next; nothing once it has ended (see result()).
    asio::awaitable<std::optional<Progress>> nextProgress()
    {
        auto state = m_state;
        while (state->progress.empty() && !state->result)
            co_await state->changed.async_wait(kAwait);
        if (state->progress.empty())
            co_return std::nullopt;
        std::optional<Progress> step(std::move(state->progress.front()));
        state->progress.pop_front();
        co_return step;
    }
    /// Once nextProgress() has given nothing.
    const Result<Value>& result() const
    {
        assert(m_state->result);
        return *m_state->result;
    }

private:
    std::shared_ptr<State> m_state;
};

/// The running jobs of one service, on threads of their own.
template <class Progress, class Value> class ProgressJobs {
public:
    using Job = ProgressJob<Progress, Value>;
    using Report = std::function<void(Progress, bool canBeLeftOut)>;
    using Work = std::function<Result<Value>(const Report&, const std::atomic<bool>& isCancelled)>;

    ProgressJobs(asio::any_io_executor executor, std::size_t threads)
        : m_executor(std::move(executor))
        , m_isAlive(std::make_shared<bool>(true))
        , m_workers(threads)
    {
    }
    ProgressJobs(const ProgressJobs&) = delete;
    ProgressJobs& operator=(const ProgressJobs&) = delete;
    /// Cancels what runs and waits for it.
    ~ProgressJobs()
    {
        *m_isAlive = false;
        for (const auto& running : m_running)
            if (const auto state = running.lock())
                state->isCancelled = true;
        m_workers.join();
    }

    /// @p onEnd runs on the io thread when @p work has ended, whoever still watches.
    std::unique_ptr<Job> start(Work work, std::function<void(const Result<Value>&)> onEnd)
    {
        auto state = std::make_shared<typename Job::State>(m_executor);
        std::erase_if(m_running, [](const auto& running) { return running.expired(); });
        m_running.push_back(state);
        auto run = [executor = m_executor, isAlive = m_isAlive, state, work = std::move(work),
                       onEnd = std::move(onEnd)]() mutable {
            const Report report = [&](Progress step, bool canBeLeftOut) {
                asio::post(executor, [state, step = std::move(step), canBeLeftOut]() mutable {
                    state->add(std::move(step), canBeLeftOut);
                });
            };
            auto result = std::make_shared<Result<Value>>(work(report, state->isCancelled));
            asio::post(executor, [state, isAlive, result, onEnd = std::move(onEnd)] {
                if (*isAlive && onEnd)
                    onEnd(*result);
                state->result.emplace(std::move(*result));
                state->changed.cancel();
            });
        };
        asio::post(m_workers, std::move(run));
        return std::make_unique<Job>(std::move(state));
    }

    asio::thread_pool& workers() { return m_workers; }

private:
    asio::any_io_executor m_executor;
    std::vector<std::weak_ptr<typename Job::State>> m_running;
    std::shared_ptr<bool> m_isAlive;
    asio::thread_pool m_workers;
};

} // namespace portlight::core
