#include "cli/client/session.h"

#include "cli/text/terminal.h"

#include <array>
#include <cerrno>
#include <optional>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr std::size_t kPieceBytes = 32 * 1024;
/// docker gives up on a container that ignores this many of them.
constexpr int kMaxInterrupts = 3;

class Session {
public:
    Session(Engine& engine, Connection& connection, SessionSettings& settings,
        const SignalFeed& signals)
        : m_engine(engine)
        , m_connection(connection)
        , m_settings(settings)
        , m_signals(signals)
        , m_isInputOpen(settings.takesInput)
    {
    }

    Result<SessionEnd> run()
    {
        std::optional<RawTerminal> raw;
        if (m_settings.hasTerminal && m_settings.takesInput)
            raw.emplace();
        for (;;) {
            if (!m_connection.hasBuffered()) {
                PL_TRY(wait());
            }
            if (m_connection.hasBuffered() || m_hasOutput) {
                PL_TRY(const std::string piece, m_connection.read());
                if (piece.empty())
                    return SessionEnd::Closed;
                if (!show(piece))
                    return SessionEnd::Closed;
            }
            if (m_hasInput) {
                PL_TRY(takeInput());
                if (m_settings.detachKeys.isDetached())
                    return SessionEnd::Detached;
            }
        }
    }

private:
    Result<void> wait()
    {
        std::array<pollfd, 3> ready { pollfd { m_connection.descriptor(), POLLIN, 0 },
            pollfd { m_signals.descriptor(), POLLIN, 0 },
            pollfd { m_isInputOpen ? STDIN_FILENO : -1, POLLIN, 0 } };
        if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR)
            return errnoError(errno, "wait for the container");
        m_hasOutput = ready[0].revents != 0;
        m_hasInput = ready[2].revents != 0;
        while (const int number = m_signals.take()) {
            PL_TRY(handleSignal(number));
        }
        return success();
    }

    bool show(const std::string& piece)
    {
        if (!m_settings.takesOutput)
            return true;
        return m_settings.hasTerminal ? put(STDOUT_FILENO, piece) : m_frames.feed(piece);
    }

    Result<void> takeInput()
    {
        m_hasInput = false;
        std::array<char, kPieceBytes> bytes;
        const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            return success();
        if (got <= 0) {
            m_isInputOpen = false;
            m_connection.closeWrite();
            return success();
        }
        const std::string_view typed(bytes.data(), static_cast<std::size_t>(got));
        const bool mayDetach = m_settings.hasTerminal;
        const std::string passed =
            mayDetach ? m_settings.detachKeys.feed(typed) : std::string(typed);
        // A process that is gone takes no more; its last output is still to come.
        if (!m_connection.write(passed))
            m_isInputOpen = false;
        return success();
    }

    Result<void> handleSignal(int number)
    {
        if (number == SIGWINCH) {
            sendWindowSize(m_engine, m_settings);
            return success();
        }
        if (m_settings.killPath.empty()) {
            if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT)
                return makeError(Errc::Cancelled, {});
            return success();
        }
        if (const std::string name = forwardedSignal(number); !name.empty())
            (void)m_engine.call("POST", target(m_settings.killPath, { { "signal", name } }));
        const bool isInterrupt = number == SIGINT || number == SIGTERM;
        if (isInterrupt && ++m_interrupts >= kMaxInterrupts)
            return makeError(Errc::Cancelled, "got 3 SIGTERM/SIGINTs, forcefully exiting");
        return success();
    }

    Engine& m_engine;
    Connection& m_connection;
    SessionSettings& m_settings;
    const SignalFeed& m_signals;
    FrameWriter m_frames {};
    bool m_isInputOpen;
    bool m_hasInput = false;
    bool m_hasOutput = false;
    int m_interrupts = 0;
};

} // namespace

SignalFeed::SignalFeed()
{
    sigset_t heard;
    ::sigemptyset(&heard);
    for (const int number :
        { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT })
        ::sigaddset(&heard, number);
    ::sigprocmask(SIG_BLOCK, &heard, nullptr);
    m_signals.reset(::signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK));
}

int SignalFeed::take() const
{
    signalfd_siginfo info {};
    return ::read(m_signals.get(), &info, sizeof info) == sizeof info
        ? static_cast<int>(info.ssi_signo)
        : 0;
}

std::string forwardedSignal(int number)
{
    if (number == SIGCONT || number == SIGWINCH)
        return {};
    const char* name = ::sigabbrev_np(number);
    return name == nullptr ? std::string() : std::string(name);
}

void sendWindowSize(Engine& engine, const SessionSettings& settings)
{
    const WindowSize size = windowSize(STDOUT_FILENO);
    if (!settings.hasTerminal || settings.resizePath.empty() || size.rows == 0)
        return;
    (void)engine.call("POST",
        target(settings.resizePath,
            { { "h", std::to_string(size.rows) }, { "w", std::to_string(size.columns) } }));
}

Result<SessionEnd> runSession(
    Engine& engine, Connection& connection, SessionSettings& settings, const SignalFeed& signals)
{
    return Session(engine, connection, settings, signals).run();
}

} // namespace portlight::cli
