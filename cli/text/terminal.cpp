#include "cli/text/terminal.h"

#include <cerrno>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace portlight::cli {

WindowSize windowSize(int descriptor)
{
    winsize size {};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        return {};
    return { size.ws_row, size.ws_col };
}

RawTerminal::RawTerminal()
{
    if (::tcgetattr(STDIN_FILENO, &m_before) != 0)
        return;
    termios raw = m_before;
    ::cfmakeraw(&raw);
    m_isRaw = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

RawTerminal::~RawTerminal()
{
    if (m_isRaw)
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &m_before);
}

QuietTerminal::QuietTerminal()
{
    if (::tcgetattr(STDIN_FILENO, &m_before) != 0)
        return;
    termios quiet = m_before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    m_isQuiet = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

QuietTerminal::~QuietTerminal()
{
    if (m_isQuiet)
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
}

bool put(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN) {
            // A terminal that somebody made non-blocking.
            pollfd wait { descriptor, POLLOUT, 0 };
            ::poll(&wait, 1, -1);
            continue;
        }
        if (written < 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace portlight::cli
