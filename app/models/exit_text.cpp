#include "app/models/exit_text.h"

#include "app/models/format.h"

#include <QCoreApplication>

#include <array>
#include <csignal>

namespace portlight::models {

namespace {

/// Gives free functions a translation context.
struct Text {
    Q_DECLARE_TR_FUNCTIONS(ExitText)
};

// What shells and engines return for a command that could not be run.
constexpr int kCannotExecute = 126;
constexpr int kNotFound = 127;
constexpr int kSignalBase = 128;

QString killedReason(const client::ContainerDetails& details)
{
    if (!details.wasOomKilled)
        return Text::tr("It was killed: by “Kill”, because it did not end in time when it was "
                        "stopped, or from outside.");
    if (!details.limits.memoryBytes)
        return Text::tr("The computer ran out of memory and the kernel chose it.");
    return Text::tr("It needed more memory than its limit of %1 and the kernel killed it. Give it "
                    "a higher limit.")
        .arg(format::bytes(details.limits.memoryBytes));
}

QString signalReason(const client::ContainerDetails& details, int number)
{
    switch (number) {
    case SIGKILL:
        return killedReason(details);
    case SIGTERM:
    case SIGQUIT:
        return Text::tr("It was asked to end (%1) and did.").arg(signalName(number));
    case SIGINT:
        return Text::tr("It was interrupted (%1).").arg(signalName(number));
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGABRT:
    case SIGFPE:
        return Text::tr("The program crashed (%1).").arg(signalName(number));
    default:
        return Text::tr("It was ended by %1.").arg(signalName(number));
    }
}

QString reasonFor(const client::ContainerDetails& details, int code)
{
    if (details.wasOomKilled)
        return killedReason(details);
    if (code == 0)
        return Text::tr("Its command came to its end without an error.");
    if (code == kCannotExecute)
        return Text::tr("Its command was found but could not be run: no permission, or not made "
                        "for this processor.");
    if (code == kNotFound)
        return Text::tr("Its command, or one that it runs, was not found.");
    if (code > kSignalBase)
        return signalReason(details, code - kSignalBase);
    return Text::tr("The program itself reported an error; its last lines may say which.");
}

} // namespace

QString signalName(int number)
{
    struct Name {
        int number;
        const char* name;
    };
    static constexpr std::array kNames { Name { SIGHUP, "SIGHUP" }, Name { SIGINT, "SIGINT" },
        Name { SIGQUIT, "SIGQUIT" }, Name { SIGILL, "SIGILL" }, Name { SIGTRAP, "SIGTRAP" },
        Name { SIGABRT, "SIGABRT" }, Name { SIGBUS, "SIGBUS" }, Name { SIGFPE, "SIGFPE" },
        Name { SIGKILL, "SIGKILL" }, Name { SIGUSR1, "SIGUSR1" }, Name { SIGSEGV, "SIGSEGV" },
        Name { SIGUSR2, "SIGUSR2" }, Name { SIGPIPE, "SIGPIPE" }, Name { SIGALRM, "SIGALRM" },
        Name { SIGTERM, "SIGTERM" }, Name { SIGXCPU, "SIGXCPU" }, Name { SIGSYS, "SIGSYS" } };
    for (const Name& known : kNames)
        if (known.number == number)
            return QLatin1String(known.name);
    return Text::tr("signal %1").arg(number);
}

ExitText exitText(const client::ContainerDetails& details)
{
    using client::ContainerState;
    const bool isOver =
        details.state == ContainerState::Exited || details.state == ContainerState::Dead;
    if (!details.startError.isEmpty() && details.state != ContainerState::Running)
        return { Text::tr("It could not be started"), details.startError, true };
    if (!isOver || !details.exitCode)
        return {};
    const int code = *details.exitCode;
    ExitText text;
    text.heading = Text::tr("Ended %1 with exit code %2", "%1: such as \"3 minutes ago\"")
                       .arg(format::age(details.finished))
                       .arg(code);
    text.reason = reasonFor(details, code);
    text.isFailure = code != 0 && code != kSignalBase + SIGTERM && code != kSignalBase + SIGINT;
    return text;
}

} // namespace portlight::models
