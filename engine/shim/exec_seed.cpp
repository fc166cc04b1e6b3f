#include "engine/shim/exec_seed.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace portlight::shim {

namespace {

// With a request go the channel's end and the three streams, or the channel's end alone.
constexpr std::size_t kMostDescriptors = 4;

long cloneProcess(std::uint64_t flags)
{
    clone_args arguments {};
    arguments.flags = flags;
    arguments.exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
    return ::syscall(SYS_clone3, &arguments, sizeof arguments);
}

void keepOnly(int first, int second)
{
    const auto low = static_cast<unsigned>(std::min(first, second));
    const auto high = static_cast<unsigned>(std::max(first, second));
    if (low > 3)
        ::syscall(SYS_close_range, 3U, low - 1, 0U);
    if (high > low + 1)
        ::syscall(SYS_close_range, low + 1, high - 1, 0U);
    ::syscall(SYS_close_range, high + 1, ~0U, 0U);
}

struct Received {
    std::size_t bytes = 0;
    std::array<Fd, kMostDescriptors> descriptors;
};

// Nothing at the end of the connection.
std::optional<Received> receive(const Fd& socket, std::string& buffer)
{
    buffer.resize(ExecSeed::kMaxRequestBytes);
    iovec part { buffer.data(), buffer.size() };
    alignas(cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))] {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t count = -1;
    do
        count = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        return std::nullopt;
    Received received;
    received.bytes = static_cast<std::size_t>(count);
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr;
        each = CMSG_NXTHDR(&header, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t found = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t at = 0; at < found && at < kMostDescriptors; ++at) {
            int raw = -1;
            std::memcpy(&raw, CMSG_DATA(each) + at * sizeof raw, sizeof raw);
            received.descriptors[at].reset(raw);
        }
    }
    return received;
}

[[noreturn]] void runMessenger(const ExecHost& host, std::string_view payload, Received received)
{
    Fd& channel = received.descriptors[0];
    auto plan = [&]() -> Result<runtime::ExecPlan> {
        PL_TRY(const auto json, parseJson(payload));
        PL_TRY(const auto request, runtime::execRequestFromJson(json));
        return execPlan(host, request);
    }();
    if (!plan) {
        runtime::sendFailure(channel, runtime::execFailureOf("start", plan.error()));
        ::_exit(1);
    }
    plan.value().streams = { received.descriptors[1].get(), received.descriptors[2].get(),
        received.descriptors[3].get() };
    const auto namespaces =
        runtime::namespacesApart(plan.value().target, *plan.value().targetPidFd);
    if (!namespaces) {
        runtime::sendFailure(channel, runtime::execFailureOf("namespaces", namespaces.error()));
        ::_exit(1);
    }
    runtime::runExecMessenger(plan.value(), namespaces.value(), std::move(channel));
}

[[noreturn]] void runSeed(const ExecHost& host, Fd socket)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    keepOnly(socket.get(), host.container.pidFd().get());
    std::string buffer;
    while (auto received = receive(socket, buffer)) {
        const long pid = cloneProcess(CLONE_PARENT);
        if (pid == 0) {
            socket.reset();
            const std::string_view payload(buffer.data(), received->bytes);
            runMessenger(host, payload, std::move(*received));
        }
        if (pid < 0)
            runtime::sendFailure(received->descriptors[0],
                runtime::execFailureOf("process", errnoError(errno, "make a process")));
    }
    ::_exit(0);
}

} // namespace

Result<ExecSeed> ExecSeed::create(const ExecHost& host)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    Fd own(ends[0]);
    Fd theirs(ends[1]);
    const long pid = cloneProcess(0);
    if (pid < 0)
        return errnoError(errno, "make a process");
    if (pid == 0) {
        own.reset();
        runSeed(host, std::move(theirs));
    }
    if (const auto joined = host.driver.addProcess(host.group, static_cast<pid_t>(pid)); !joined) {
        own.reset(); // it ends by itself then, and is reaped as a stranger
        return joined.error();
    }
    return ExecSeed(static_cast<pid_t>(pid), std::move(own));
}

Result<runtime::ExecProcess> ExecSeed::spawn(
    std::string_view payload, const runtime::StandardStreams& streams) const
{
    PL_TRY(auto channel, runtime::makeChannel());
    const int descriptors[kMostDescriptors] { channel.process.get(), streams.input, streams.output,
        streams.error };
    const std::size_t count = streams.input >= 0 ? kMostDescriptors : 1;
    iovec part { const_cast<char*>(payload.data()), payload.size() };
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptors)] {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(rights), descriptors, count * sizeof(int));
    ssize_t sent = -1;
    do
        sent = ::sendmsg(m_socket.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        Error error = errnoError(errno, "ask for a process");
        error.code = Errc::Unavailable;
        return error;
    }
    return runtime::ExecProcess::ofMessenger(std::move(channel.creator));
}

} // namespace portlight::shim
