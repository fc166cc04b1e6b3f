#include "engine/core/signals.h"

#include <array>
#include <charconv>
#include <csignal>
#include <utility>

namespace portlight::core {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 34> kSignals { { { "HUP", SIGHUP },
    { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL }, { "TRAP", SIGTRAP },
    { "ABRT", SIGABRT }, { "IOT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE },
    { "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 },
    { "PIPE", SIGPIPE }, { "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "STKFLT", 16 },
    { "CHLD", SIGCHLD }, { "CLD", SIGCHLD }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
    { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU }, { "URG", SIGURG },
    { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },
    { "WINCH", SIGWINCH }, { "IO", SIGIO }, { "POLL", SIGIO }, { "PWR", SIGPWR },
    { "SYS", SIGSYS } } };

// The kernel's first real-time signal is 32; the C library keeps two for itself, and a container's
// own library may keep others: names count as docker counts them.
constexpr int kRealTimeFirst = 34;
constexpr int kRealTimeLast = 64;

bool toNumber(std::string_view text, int& number)
{
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// "RTMIN", "RTMIN+n", "RTMAX", "RTMAX-n".
bool toRealTime(std::string_view name, int& number)
{
    const bool fromFirst = name.starts_with("RTMIN");
    if (!fromFirst && !name.starts_with("RTMAX"))
        return false;
    name.remove_prefix(5);
    int distance = 0;
    if (!name.empty()) {
        if (name.front() != (fromFirst ? '+' : '-'))
            return false;
        if (!toNumber(name.substr(1), distance) || distance < 0 || distance > 30)
            return false;
    }
    number = fromFirst ? kRealTimeFirst + distance : kRealTimeLast - distance;
    return true;
}

} // namespace

Result<int> parseSignal(std::string_view text)
{
    const auto invalid = [text] {
        return makeError(
            Errc::InvalidArgument, "Invalid signal: " + std::string(text.substr(0, 64)));
    };
    int number = 0;
    if (toNumber(text, number)) {
        if (number < 1 || number > kRealTimeLast)
            return invalid();
        return number;
    }
    std::string name;
    for (const char letter : text.substr(0, 16))
        name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    if (name.starts_with("SIG"))
        name.erase(0, 3);
    for (const auto& [known, value] : kSignals)
        if (known == name)
            return value;
    if (toRealTime(name, number))
        return number;
    return invalid();
}

std::string signalName(int number)
{
    for (const auto& [name, value] : kSignals)
        if (value == number)
            return "SIG" + std::string(name);
    return std::to_string(number);
}

} // namespace portlight::core
