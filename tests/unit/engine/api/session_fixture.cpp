#include "tests/unit/engine/api/session_fixture.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <stdexcept>

namespace portlight::test {

using namespace portlight::api;

namespace {

Task<Response> echo(Request request)
{
    PL_CO_TRY(auto body, co_await request.body->readAll());
    co_return Response::text(std::move(body));
}

asio::awaitable<void> writeChunks(std::shared_ptr<ResponseStream> out)
{
    for (const char* piece : { "one", "two", "three" })
        if (!co_await out->write(piece))
            co_return;
}

asio::awaitable<void> writeForEver(std::shared_ptr<ResponseStream> out, Seen& seen)
{
    // Counts however the coroutine ends, by cancellation too.
    struct End {
        Seen& seen;
        ~End() { ++seen.streamEnds; }
    } const end { seen };
    constexpr std::size_t kPiece = 64U << 10U;
    while (co_await out->write(std::string(kPiece, 'x')))
        seen.streamed += kPiece;
}

asio::awaitable<void> writeAndThrow(std::shared_ptr<ResponseStream> out)
{
    static_cast<void>((co_await out->write("begun")).has_value());
    throw std::runtime_error("stream broke");
}

asio::awaitable<void> echoRaw(std::shared_ptr<HijackedStream> stream, Seen& seen)
{
    struct End {
        Seen& seen;
        ~End() { ++seen.hijackEnds; }
    } const end { seen };
    for (;;) {
        auto bytes = co_await stream->read();
        if (!bytes)
            co_return;
        if (bytes.value().empty())
            break;
        seen.hijackedBytes += static_cast<long>(bytes.value().size());
        // A client that has gone is still listened to.
        static_cast<void>((co_await stream->write(std::move(bytes).value())).has_value());
    }
    static_cast<void>((co_await stream->write("bye")).has_value());
}

asio::awaitable<void> stayForEver(Seen& seen)
{
    struct End {
        Seen& seen;
        ~End() { ++seen.hijackEnds; }
    } const end { seen };
    asio::steady_timer never(
        co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    static_cast<void>(co_await never.async_wait(kAwait));
}

Task<Response> fail(Request /*request*/)
{
    throw std::runtime_error("handler broke");
    co_return Response::empty(204);
}

TempDir makeDirectory()
{
    auto made = TempDir::create("/tmp", "pl-session-");
    return std::move(made).value();
}

} // namespace

SessionFixture::SessionFixture(ServerOptions options)
    : m_directory(makeDirectory())
    , m_socketPath(m_directory.path() + "/s")
    , m_guard(asio::make_work_guard(m_io))
    , m_release(m_io, asio::steady_timer::time_point::max())
{
    addRoutes();
    options.socketPath = m_socketPath;
    auto server = Server::listen(m_io.get_executor(), m_router, std::move(options));
    m_server = std::move(server).value();
    m_server->start();
    m_thread = std::thread([this] { m_io.run(); });
}

SessionFixture::~SessionFixture()
{
    release();
    stop();
    m_guard.reset();
    m_thread.join();
}

void SessionFixture::release()
{
    // Not before the io thread has seen those who wait: both are its tasks.
    asio::post(m_io, [this] { m_release.cancel(); });
}

void SessionFixture::stop()
{
    if (std::exchange(m_isStopped, true))
        return;
    std::promise<void> done;
    asio::co_spawn(
        m_io, m_server->stop(), [&done](const std::exception_ptr&) { done.set_value(); });
    done.get_future().wait();
}

asio::awaitable<void> SessionFixture::waitForRelease()
{
    struct End {
        Seen& seen;
        bool isFinished = false;
        ~End() { ++(isFinished ? seen.finished : seen.cancelled); }
    } end { m_seen };
    ++m_seen.waiting;
    static_cast<void>(co_await m_release.async_wait(kAwait));
    const auto state = co_await asio::this_coro::cancellation_state;
    end.isFinished = state.cancelled() == asio::cancellation_type::none;
}

void SessionFixture::addRoutes()
{
    const auto wait = [this](Request) -> Task<Response> {
        co_await waitForRelease();
        co_return Response::empty(204);
    };
    m_router.add("GET", "/wait", wait);
    m_router.add("POST", "/wait", wait);
    m_router.add(
        "GET", "/hello", [](Request) -> Task<Response> { co_return Response::text("hello"); });
    m_router.add("POST", "/echo", echo);
    m_router.add(
        "POST", "/unread", [](Request) -> Task<Response> { co_return Response::empty(204); });
    m_router.add("GET", "/chunks",
        [](Request) -> Task<Response> { co_return Response::streamed("text/plain", writeChunks); });
    m_router.add("GET", "/endless", [this](Request) -> Task<Response> {
        auto body = [this](auto out) { return writeForEver(std::move(out), m_seen); };
        co_return Response::streamed("text/plain", std::move(body));
    });
    m_router.add("GET", "/broken", [](Request) -> Task<Response> {
        co_return Response::streamed("text/plain", writeAndThrow);
    });
    m_router.add("GET", "/throws", fail);
    m_router.add("POST", "/hijack", [this](Request) -> Task<Response> {
        auto body = [this](auto stream) { return echoRaw(std::move(stream), m_seen); };
        co_return Response::hijacked("application/vnd.docker.raw-stream", std::move(body));
    });
    m_router.add("POST", "/hijack/silent", [this](Request) -> Task<Response> {
        auto body = [this](auto) { return stayForEver(m_seen); };
        co_return Response::hijacked("application/vnd.docker.raw-stream", std::move(body));
    });
}

RawClient::RawClient(const std::string& socketPath)
    : m_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    socketPath.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval limit { 10, 0 };
    ::setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(m_socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(m_socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        m_socket.reset();
}

bool RawClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t put = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

void RawClient::shutdownSend()
{
    ::shutdown(m_socket.get(), SHUT_WR);
}

std::string RawClient::readUntil(std::string_view end)
{
    for (;;) {
        const auto at = end.empty() ? std::string::npos : m_pending.find(end);
        if (at != std::string::npos) {
            std::string taken = m_pending.substr(0, at + end.size());
            m_pending.erase(0, at + end.size());
            return taken;
        }
        char buffer[16384];
        const ssize_t got = ::recv(m_socket.get(), buffer, sizeof buffer, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            m_isTimedOut = got < 0 && errno == EAGAIN;
            return std::exchange(m_pending, {});
        }
        m_pending.append(buffer, static_cast<std::size_t>(got));
    }
}

std::string RawClient::readToEnd()
{
    return readUntil({});
}

} // namespace portlight::test
