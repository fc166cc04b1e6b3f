#include "engine/base/task_group.h"

#include "engine/base/log.h"

namespace portlight {

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : m_executor(std::move(executor))
    , m_state(std::make_shared<State>(m_executor))
{
}

void TaskGroup::spawn(asio::awaitable<void> task)
{
    if (m_state->isStopping)
        return;
    const auto signal = m_state->signals.emplace(m_state->signals.end());
    auto onEnd = [state = m_state, signal](const std::exception_ptr& failure) {
        state->signals.erase(signal);
        if (state->signals.empty())
            state->ended.cancel();
        if (!failure)
            return;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            // A cancelled task leaves by an exception of asio; that is its normal end.
            if (!state->isStopping)
                log::error("a task ended by an exception", { { "error", error.what() } });
        }
    };
    asio::co_spawn(m_executor, std::move(task),
        asio::bind_cancellation_slot(signal->slot(), std::move(onEnd)));
}

asio::awaitable<void> TaskGroup::stop()
{
    m_state->isStopping = true;
    for (auto at = m_state->signals.begin(); at != m_state->signals.end();) {
        auto& signal = *at++; // the task's end erases its signal
        signal.emit(asio::cancellation_type::terminal);
    }
    while (!m_state->signals.empty())
        static_cast<void>(co_await m_state->ended.async_wait(kAwait));
}

} // namespace portlight
