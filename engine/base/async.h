#pragma once

#include "engine/base/result.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace portlight {

namespace asio = boost::asio;

/// A coroutine of the engine's one io thread that gives a value or an Error.
template <class T> using Task = asio::awaitable<Result<T>>;

/// Await asynchronous operations with this: the error_code comes back as a value, to be turned into
/// an Error at once: `const auto [code, size] = co_await socket.async_read_some(buffer, kAwait);`
inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Runs @p work (blocking: files, hashing, SQLite) on @p pool and comes back to the io thread with
/// its result. @p work must not touch what belongs to the io thread; it owns its arguments.
template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> offload(asio::thread_pool& pool, Work work)
{
    using Value = std::invoke_result_t<Work&>;
    auto start = [&pool](auto handler, Work job) {
        auto executor = asio::get_associated_executor(handler);
        auto guard = asio::make_work_guard(executor);
        asio::post(pool,
            [handler = std::move(handler), guard = std::move(guard), executor,
                job = std::move(job)]() mutable {
                auto value = std::make_unique<Value>(job());
                asio::post(
                    executor, [handler = std::move(handler), value = std::move(value)]() mutable {
                        std::move(handler)(std::move(*value));
                    });
            });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Value)>(
        std::move(start), asio::use_awaitable, std::move(work));
}

} // namespace portlight
