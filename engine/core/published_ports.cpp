#include "engine/core/published_ports.h"

#include "engine/base/detached_process.h"
#include "engine/base/syscalls.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

namespace portlight::core {

using network::IpAddress;

namespace {

constexpr std::chrono::milliseconds kEndPatience { 2000 };

constexpr unsigned kFirstSocket = 4; ///< as the forwarder has it

/// A pidfd, or nothing where it has ended.
Fd openForwarder(const HelperProcess& forwarder)
{
    if (forwarder.pid <= 0)
        return Fd();
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, forwarder.pid, 0)));
    const auto ticks = processStartTime(forwarder.pid);
    return ticks && ticks.value() == forwarder.startTicks ? std::move(process) : Fd();
}

/// The addresses to listen on, IPv4 first.
std::vector<std::string> addressesOf(const PortRequest& request)
{
    if (request.hostAddress.isEmpty())
        return { "0.0.0.0", "::" };
    return { request.hostAddress.text() };
}

Result<std::vector<OpenPort>> openOn(std::uint16_t number, const PortRequest& request,
    const IpAddress& target, const OpenHostPort& open)
{
    std::vector<OpenPort> opened;
    for (const auto& address : addressesOf(request)) {
        HostPort wanted { request.protocol, address, number };
        if (number == 0 && !opened.empty())
            wanted.port = opened.front().port.hostPort;
        auto socket = open(wanted);
        if (!socket) {
            // A host without IPv6 publishes on IPv4 alone.
            if (!opened.empty() && socket.error().code != Errc::Conflict)
                continue;
            return socket.error();
        }
        OpenPort made;
        PL_TRY(made.port.hostPort, boundPort(socket.value()));
        made.port.containerPort = request.containerPort;
        made.port.protocol = request.protocol;
        PL_TRY(made.port.hostAddress, IpAddress::parse(address));
        made.port.target = target;
        made.socket = std::move(socket).value();
        opened.push_back(std::move(made));
    }
    return opened;
}

} // namespace

Result<std::vector<OpenPort>> openPorts(
    const PortRequest& request, const IpAddress& target, const OpenHostPort& open)
{
    const bool isRange = request.lastHostPort > request.hostPort;
    // Any port of both families may need a second try; a range is gone through.
    const unsigned last = request.hostPort == 0 ? 4 : request.lastHostPort;
    for (unsigned number = request.hostPort;; ++number) {
        auto opened =
            openOn(request.hostPort == 0 ? std::uint16_t(0) : static_cast<std::uint16_t>(number),
                request, target, open);
        const bool mayGoOn = (isRange || request.hostPort == 0) && number < last;
        if (opened || opened.error().code != Errc::Conflict || !mayGoOn) {
            if (!opened && opened.error().code == Errc::Conflict) {
                Error taken = opened.error();
                taken.code = Errc::Internal; // as docker answers it
                taken.message += ": port is already allocated";
                return taken;
            }
            return opened;
        }
    }
}

std::vector<network::PortRule> rulesOf(const std::vector<PublishedPort>& ports)
{
    std::vector<network::PortRule> rules;
    for (const auto& port : ports) {
        const std::string address = port.hostAddress.text();
        if (port.hostAddress.isV6() || port.target.isV6() || address.starts_with("127."))
            continue; // the forwarder's
        rules.push_back({ port.protocol, address == "0.0.0.0" ? IpAddress() : port.hostAddress,
            port.hostPort, port.target, port.containerPort });
    }
    return rules;
}

Result<void> startForwarder(
    const std::string& program, std::vector<OpenPort>& ports, const Fd& owner)
{
    std::vector<std::string> words;
    std::vector<const Fd*> descriptors { &owner };
    for (const auto& port : ports) {
        words.push_back(toText(
            HostPort { port.port.protocol, port.port.target.text(), port.port.containerPort }));
        descriptors.push_back(&port.socket);
    }
    HelperProcess forwarder;
    // A port may be closed before the forwarder listens for the signal that says so.
    PL_TRY(forwarder.pid, spawnDetached(program, std::move(words), descriptors, SIGUSR1));
    PL_TRY(forwarder.startTicks, processStartTime(forwarder.pid));
    for (unsigned slot = 0; slot < ports.size(); ++slot) {
        ports[slot].port.forwarder = forwarder;
        ports[slot].port.slot = slot;
    }
    return success();
}

Result<void> closePort(const PublishedPort& port)
{
    const auto process = openForwarder(port.forwarder);
    if (!process.isOpen())
        return success(); // it has ended, its sockets with it
    const std::string link = "/proc/" + std::to_string(port.forwarder.pid) + "/fd/"
        + std::to_string(kFirstSocket + port.slot);
    const auto target = [&] {
        std::array<char, 64> text {};
        const ssize_t size = ::readlink(link.c_str(), text.data(), text.size());
        return std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    };
    const std::string before = target();
    siginfo_t info {};
    info.si_signo = SIGUSR1;
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = static_cast<int>(port.slot);
    if (::syscall(SYS_pidfd_send_signal, process.get(), SIGUSR1, &info, 0) != 0)
        return errnoError(errno, "take a port from its forwarder");
    const auto deadline = std::chrono::steady_clock::now() + kEndPatience;
    while (!before.empty() && target() == before) {
        if (std::chrono::steady_clock::now() > deadline)
            return makeError(Errc::Unavailable, "the forwarder of the port does not answer");
        pollfd entry { process.get(), POLLIN, 0 };
        ::poll(&entry, 1, 1);
    }
    return success();
}

void EndingForwarders::end(const HelperProcess& forwarder)
{
    Fd process = openForwarder(forwarder);
    if (!process.isOpen())
        return;
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    const std::lock_guard lock(m_mutex);
    m_ending.push_back(std::move(process));
}

void EndingForwarders::endAll(const std::vector<PublishedPort>& ports)
{
    HelperProcess last;
    for (const auto& port : ports)
        if (port.forwarder != std::exchange(last, port.forwarder))
            end(port.forwarder);
}

void EndingForwarders::await()
{
    const std::lock_guard lock(m_mutex);
    const auto deadline = std::chrono::steady_clock::now() + kEndPatience;
    for (const auto& process : m_ending) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd entry { process.get(), POLLIN, 0 };
        ::poll(&entry, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        siginfo_t info {};
        // Reaped where it is this engine's own child.
        ::waitid(P_PIDFD, static_cast<id_t>(process.get()), &info, WEXITED | WNOHANG);
    }
    m_ending.clear();
}

} // namespace portlight::core
