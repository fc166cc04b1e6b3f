// portlight-forwarder: serves the published ports of one container on the host's own addresses,
// where the kernel's address translation does not reach (loopback, IPv6, rootless engines). The
// engine starts it, people do not; it goes on while the engine is away and ends with the container.
//
//   portlight-forwarder "tcp 172.17.0.2 80"…
//
// Descriptor 3 is a pidfd of the container's shim; 4 and up are the bound sockets, one for each
// argument, which says where it leads. SIGUSR1 with the number of one of them (sigqueue(3)) closes
// it; connections that came by it go on.
#include "engine/forwarder/tcp_relay.h"
#include "engine/forwarder/udp_relay.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

namespace portlight::forwarder {

namespace {

constexpr int kShimFd = 3;
constexpr int kFirstSocket = 4;
constexpr int kSweepMs = 30'000;

void raiseDescriptorLimit()
{
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/// SIGUSR1 as a descriptor; blocked from the start by who started this.
Result<Fd> openSignals()
{
    sigset_t wanted {};
    ::sigemptyset(&wanted);
    ::sigaddset(&wanted, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
    Fd signals(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.isOpen())
        return errnoError(errno, "listen for signals");
    return signals;
}

Result<void> serve(int count, char** words)
{
    PL_TRY(auto loop, EventLoop::create());
    const Fd shim(kShimFd);
    ::fcntl(kShimFd, F_SETFD, FD_CLOEXEC);
    // Not a clean end on purpose: the container's connections have ended with it.
    PL_TRY(loop.add(shim, EPOLLIN, [](std::uint32_t) { std::_Exit(0); }));
    std::list<TcpRelay> tcp;
    std::list<UdpRelay> udp;
    std::vector<std::function<void()>> closers;
    for (int at = 1; at < count; ++at) {
        PL_TRY(const auto port, hostPortFromText(words[at]));
        PL_TRY(const auto target, Target::of(port));
        Fd socket(kFirstSocket + at - 1);
        ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
        if (port.protocol == "tcp") {
            auto& relay = tcp.emplace_back(loop, std::move(socket), target);
            PL_TRY(relay.start());
            closers.emplace_back([&relay] { relay.stopListening(); });
        } else {
            auto& relay = udp.emplace_back(loop, std::move(socket), target);
            PL_TRY(relay.start());
            closers.emplace_back([&relay] { relay.stopListening(); });
        }
    }
    PL_TRY(const auto signals, openSignals());
    const auto onSignal = [&](std::uint32_t) {
        signalfd_siginfo info {};
        while (::read(signals.get(), &info, sizeof info) == sizeof info)
            if (info.ssi_int >= 0 && static_cast<std::size_t>(info.ssi_int) < closers.size())
                closers[static_cast<std::size_t>(info.ssi_int)]();
    };
    PL_TRY(loop.add(signals, EPOLLIN, onSignal));
    for (;;) {
        PL_TRY(loop.runOnce(udp.empty() ? -1 : kSweepMs));
        for (auto& relay : udp)
            relay.sweep();
    }
}

} // namespace

} // namespace portlight::forwarder

int main(int count, char** words)
{
    if (count < 2) {
        std::fputs("portlight-forwarder is started by portlightd, not by hand\n", stderr);
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    portlight::forwarder::raiseDescriptorLimit();
    const auto served = portlight::forwarder::serve(count, words);
    return served ? 0 : 1;
}
