#pragma once

#include <string_view>

#include <termios.h>

namespace portlight::cli {

struct WindowSize {
    unsigned rows = 0;
    unsigned columns = 0;
};
/// Of the terminal at @p descriptor; zeros where it is none. ioctl_tty(2), TIOCGWINSZ.
WindowSize windowSize(int descriptor);

/// The terminal on standard input hands over every key as it is typed, for as long as this lives.
class RawTerminal {
public:
    RawTerminal();
    ~RawTerminal();
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios m_before {};
    bool m_isRaw = false;
};

/// Standard input without echo, for a password, for as long as this lives.
class QuietTerminal {
public:
    QuietTerminal();
    ~QuietTerminal();
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

private:
    termios m_before {};
    bool m_isQuiet = false;
};

/// All of @p bytes to standard output or error, past the C library's buffers. False where the
/// reader is gone.
bool put(int descriptor, std::string_view bytes);

} // namespace portlight::cli
