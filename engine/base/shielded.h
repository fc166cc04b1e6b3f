#pragma once

#include "engine/base/async.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <memory>
#include <utility>

namespace portlight {

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
