#include "engine/oci_cli/foreground.h"

#include "engine/base/syscalls.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

namespace portlight::oci_cli {

namespace {

sigset_t heldSignals()
{
    sigset_t set;
    ::sigfillset(&set);
    for (const int number : { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP })
        ::sigdelset(&set, number);
    return set;
}

/// The caller's terminal in raw mode, as long as this object lives.
class RawTerminal {
public:
    RawTerminal()
    {
        if (::tcgetattr(STDIN_FILENO, &m_before) != 0)
            return;
        m_isChanged = true;
        termios raw = m_before;
        ::cfmakeraw(&raw);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    ~RawTerminal()
    {
        if (m_isChanged)
            ::tcsetattr(STDIN_FILENO, TCSADRAIN, &m_before);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios m_before {};
    bool m_isChanged = false;
};

void copySize(const Fd& console)
{
    winsize size {};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        ::ioctl(console.get(), TIOCSWINSZ, &size);
}

// False at the end of @p from.
bool copySome(int from, int to)
{
    char buffer[16384];
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    for (ssize_t at = 0; at < got;) {
        const ssize_t put = ::write(to, buffer + at, static_cast<std::size_t>(got - at));
        if (put < 0 && errno != EINTR)
            return false;
        at += put < 0 ? 0 : put;
    }
    return got > 0;
}

/// The loop's state: what is still listened to.
class Attendance {
public:
    Attendance(const Fd& process, const Fd& console, Fd signals)
        : m_process(process)
        , m_console(console)
        , m_signals(std::move(signals))
        , m_isConsoleOpen(console.isOpen())
        , m_isInputOpen(console.isOpen())
    {
    }

    // True until the process has ended.
    bool step()
    {
        pollfd waiting[] { { m_process.get(), POLLIN, 0 }, { m_signals.get(), POLLIN, 0 },
            { m_isConsoleOpen ? m_console.get() : -1, POLLIN, 0 },
            { m_isInputOpen ? STDIN_FILENO : -1, POLLIN, 0 } };
        if (::poll(waiting, 4, -1) < 0)
            return true;
        if (waiting[1].revents != 0)
            passSignal();
        if (waiting[2].revents != 0)
            m_isConsoleOpen = copySome(m_console.get(), STDOUT_FILENO);
        if (waiting[3].revents != 0)
            m_isInputOpen = copySome(STDIN_FILENO, m_console.get());
        return waiting[0].revents == 0;
    }

    // What the terminal still holds once nobody writes to it.
    void drain()
    {
        pollfd rest { m_console.get(), POLLIN, 0 };
        while (m_isConsoleOpen && ::poll(&rest, 1, 0) > 0)
            m_isConsoleOpen = copySome(m_console.get(), STDOUT_FILENO);
    }

private:
    void passSignal()
    {
        signalfd_siginfo info {};
        if (::read(m_signals.get(), &info, sizeof info) != sizeof info)
            return;
        const int number = static_cast<int>(info.ssi_signo);
        if (number == SIGWINCH && m_console.isOpen())
            copySize(m_console);
        else if (number != SIGCHLD && number != SIGPIPE)
            ::syscall(SYS_pidfd_send_signal, m_process.get(), number, nullptr, 0);
    }

    const Fd& m_process;
    const Fd& m_console;
    Fd m_signals;
    bool m_isConsoleOpen;
    bool m_isInputOpen;
};

} // namespace

void holdSignals()
{
    const sigset_t set = heldSignals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

Result<int> attendProcess(pid_t pid, const Fd& process, const Fd& console)
{
    const sigset_t set = heldSignals();
    Fd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.isOpen())
        return errnoError(errno, "make signalfd");
    std::optional<RawTerminal> raw;
    if (console.isOpen()) {
        raw.emplace();
        copySize(console);
    }
    Attendance attendance(process, console, std::move(signals));
    while (attendance.step()) { }
    attendance.drain();
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return errnoError(errno, "wait for the container");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace portlight::oci_cli
