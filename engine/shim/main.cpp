#include "engine/runtime/sealed_program.h"
#include "engine/runtime/shim_protocol.h"
#include "engine/shim/event_loop.h"
#include "engine/shim/shim.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <optional>
#include <string>

// portlight-shim --bundle DIR --state DIR, with the engine's connection as descriptor 3.

namespace {

using portlight::Fd;
using portlight::shim::EventLoop;
using portlight::shim::Shim;

constexpr int kUsageError = 2;

std::optional<Shim::Options> parseArguments(int count, char** arguments)
{
    Shim::Options options;
    for (int at = 1; at + 1 < count; at += 2) {
        if (std::strcmp(arguments[at], "--bundle") == 0)
            options.bundle = arguments[at + 1];
        else if (std::strcmp(arguments[at], "--state") == 0)
            options.stateDir = arguments[at + 1];
        else
            return std::nullopt;
    }
    if (count % 2 == 0 || !options.bundle.starts_with('/') || !options.stateDir.starts_with('/'))
        return std::nullopt;
    return options;
}

// On its own: neither the engine's terminal, nor its signals, nor its open files.
void standAlone()
{
    ::setsid();
    for (const int number : { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE })
        ::signal(number, SIG_IGN);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int target = 0; target <= 2 && null >= 0; ++target)
        ::dup2(null, target);
    // What is not a namespace was not passed to us.
    const bool hasNetwork = ::ioctl(portlight::runtime::kNetworkFd, NS_GET_NSTYPE) == CLONE_NEWNET;
    const int last = hasNetwork ? portlight::runtime::kNetworkFd : portlight::runtime::kControlFd;
    if (hasNetwork)
        ::fcntl(portlight::runtime::kNetworkFd, F_SETFD, FD_CLOEXEC);
    ::syscall(SYS_close_range, static_cast<unsigned>(last + 1), ~0U, 0U);
}

Fd takeControl()
{
    struct stat info {};
    if (::fstat(portlight::runtime::kControlFd, &info) != 0 || !S_ISSOCK(info.st_mode))
        return Fd();
    ::fcntl(portlight::runtime::kControlFd, F_SETFD, FD_CLOEXEC);
    return Fd(portlight::runtime::kControlFd);
}

} // namespace

int main(int count, char** arguments)
{
    auto options = parseArguments(count, arguments);
    if (!options) {
        static constexpr char kUsage[] = "usage: portlight-shim --bundle DIR --state DIR\n";
        (void)::write(STDERR_FILENO, kUsage, sizeof kUsage - 1);
        return kUsageError;
    }
    if (const auto sealed = portlight::runtime::ensureSealed(arguments); !sealed) {
        const std::string& why = sealed.error().message;
        (void)::write(STDERR_FILENO, why.data(), why.size());
        return 1;
    }
    // By a descriptor's number it was started, so that is its name so far.
    ::prctl(PR_SET_NAME, "portlight-shim", 0, 0, 0);
    options->control = takeControl();
    standAlone();
    auto loop = EventLoop::create();
    if (!loop)
        return 1;
    Shim shim(loop.value(), std::move(*options));
    const auto code = shim.run();
    return code ? code.value() : 1;
}
