#include "engine/core/shim_client.h"

#include "engine/base/log.h"
#include "engine/base/syscalls.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace portlight::core {

namespace {

Error connectionError(const boost::system::error_code& code)
{
    if (code == asio::error::operation_aborted)
        return makeError(Errc::Cancelled, "the connection to the shim was ended");
    return makeError(Errc::Unavailable, "the container's shim has gone (" + code.message() + ")");
}

} // namespace

ShimConnection::ShimConnection(const asio::any_io_executor& executor, Fd socket)
    : m_socket(executor, asio::local::stream_protocol(), socket.release())
    , m_sending(executor)
{
}

Result<std::shared_ptr<ShimConnection>> ShimConnection::open(
    const asio::any_io_executor& executor, const std::string& state)
{
    // The directory may lie deeper than a socket address is long (107 bytes).
    PL_TRY(const auto directory, openFile(state, O_PATH | O_DIRECTORY));
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/shim.sock";
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.isOpen())
        return errnoError(errno, "socket");
    int status = -1;
    do
        status =
            ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    while (status < 0 && errno == EINTR);
    if (status < 0) {
        const int number = errno;
        Error error = errnoError(number, "connect to '" + state + "/shim.sock'");
        if (number == ECONNREFUSED || number == EAGAIN)
            error.code = Errc::Unavailable;
        return error;
    }
    return std::make_shared<ShimConnection>(executor, std::move(socket));
}

Task<void> ShimConnection::send(runtime::FrameType type, std::string payload)
{
    const std::string bytes = runtime::encodeFrame(type, payload);
    PL_CO_TRY(const auto turn, co_await m_sending.lock());
    const auto [code, size] = co_await asio::async_write(m_socket, asio::buffer(bytes), kAwait);
    if (code)
        co_return connectionError(code);
    co_return success();
}

Task<runtime::Frame> ShimConnection::receive()
{
    while (true) {
        PL_CO_TRY(auto frame, m_parser.next());
        if (frame)
            co_return std::move(*frame);
        const auto [code, size] = co_await m_socket.async_read_some(asio::buffer(m_buffer), kAwait);
        if (code)
            co_return connectionError(code);
        m_parser.feed(std::string_view(m_buffer.data(), size));
    }
}

void ShimConnection::close()
{
    boost::system::error_code ignored;
    m_socket.close(ignored);
}

ShimControl::ShimControl(asio::any_io_executor executor, std::shared_ptr<ShimConnection> connection)
    : m_executor(std::move(executor))
    , m_connection(std::move(connection))
{
}

Task<runtime::Frame> ShimControl::answerOf(std::shared_ptr<Pending> pending)
{
    while (!pending->frame) {
        if (m_isClosed)
            co_return makeError(Errc::Unavailable, "the container's shim has gone");
        const auto seen = pending->answered.generation();
        PL_CO_TRY(co_await pending->answered.wait(seen));
    }
    co_return std::move(*pending->frame);
}

Task<runtime::Frame> ShimControl::request(runtime::FrameType type, std::string payload)
{
    if (m_isClosed)
        co_return makeError(Errc::Unavailable, "the container's shim has gone");
    const auto pending = std::make_shared<Pending>(m_executor);
    m_pending.push_back(pending);
    PL_CO_TRY(co_await m_connection->send(type, std::move(payload)));
    co_return co_await answerOf(pending);
}

Task<runtime::Frame> ShimControl::awaitFirst()
{
    const auto pending = std::make_shared<Pending>(m_executor);
    m_pending.push_back(pending);
    co_return co_await answerOf(pending);
}

asio::awaitable<void> ShimControl::run(std::function<void(const runtime::Frame&)> onFrame)
{
    while (true) {
        auto frame = co_await m_connection->receive();
        if (!frame) {
            if (frame.error().code == Errc::InvalidArgument)
                log::error("a shim sent what is no frame", { { "error", frame.error().message } });
            break;
        }
        onFrame(frame.value());
        if (frame.value().type == runtime::FrameType::Exited || m_pending.empty())
            continue;
        const auto pending = m_pending.front();
        m_pending.pop_front();
        pending->frame = std::move(frame).value();
        pending->answered.notifyAll();
    }
    m_isClosed = true;
    for (const auto& pending : std::exchange(m_pending, {}))
        pending->answered.notifyAll();
}

} // namespace portlight::core
