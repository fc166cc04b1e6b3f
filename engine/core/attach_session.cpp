#include "engine/core/attach_session.h"

#include "engine/base/json.h"

namespace portlight::core {

namespace {

// A frame carries at most kMaxFrameBytes; a client's write may be larger.
constexpr std::size_t kStdinPiece = 256U << 10U;

} // namespace

AttachSession::AttachSession(asio::any_io_executor executor, AttachOptions options)
    : m_executor(std::move(executor))
    , m_options(options)
    , m_connected(m_executor)
{
}

Task<void> AttachSession::connect(std::string state)
{
    PL_CO_TRY(auto connection, ShimConnection::open(m_executor, state));
    const Json wanted { { "stdin", m_options.wantsStdin }, { "stdout", m_options.wantsStdout },
        { "stderr", m_options.wantsStderr } };
    PL_CO_TRY(co_await connection->send(runtime::FrameType::Attach, dumpJson(wanted)));
    PL_CO_TRY(const auto answer, co_await connection->receive());
    if (answer.type == runtime::FrameType::Refused) {
        auto reason = parseJson(answer.payload);
        co_return makeError(Errc::Unavailable,
            "attach: " + dumpJson(reason ? jsonMember(reason.value(), "message") : Json()));
    }
    if (answer.type != runtime::FrameType::Attached)
        co_return makeError(Errc::Internal, "attach: the shim gave an unexpected answer");
    m_connection = std::move(connection);
    m_connected.notifyAll();
    co_return success();
}

void AttachSession::end()
{
    m_isEnded = true;
    m_connected.notifyAll();
}

Task<void> AttachSession::awaitConnection()
{
    while (!m_connection) {
        if (m_isEnded)
            co_return makeError(Errc::Unavailable, "the container has not started");
        const auto seen = m_connected.generation();
        PL_CO_TRY(co_await m_connected.wait(seen));
    }
    co_return success();
}

Task<std::optional<AttachedOutput>> AttachSession::next()
{
    if (const auto connected = co_await awaitConnection(); !connected) {
        if (connected.error().code == Errc::Cancelled)
            co_return connected.error();
        co_return std::optional<AttachedOutput>();
    }
    while (true) {
        auto frame = co_await m_connection->receive();
        if (!frame) {
            if (frame.error().code == Errc::Unavailable)
                co_return std::optional<AttachedOutput>();
            co_return std::move(frame).error();
        }
        if (frame.value().type == runtime::FrameType::Exited)
            co_return std::optional<AttachedOutput>();
        std::string& payload = frame.value().payload;
        if (frame.value().type != runtime::FrameType::Output || payload.empty())
            continue;
        AttachedOutput output;
        output.stream = static_cast<std::uint8_t>(payload.front());
        payload.erase(0, 1);
        output.bytes = std::move(payload);
        co_return std::optional<AttachedOutput>(std::move(output));
    }
}

Task<void> AttachSession::writeStdin(std::string bytes)
{
    PL_CO_TRY(co_await awaitConnection());
    for (std::size_t from = 0; from < bytes.size(); from += kStdinPiece) {
        PL_CO_TRY(co_await m_connection->send(
            runtime::FrameType::Stdin, bytes.substr(from, kStdinPiece)));
    }
    co_return success();
}

Task<void> AttachSession::closeStdin()
{
    PL_CO_TRY(co_await awaitConnection());
    co_return co_await m_connection->send(runtime::FrameType::StdinEnd);
}

} // namespace portlight::core
