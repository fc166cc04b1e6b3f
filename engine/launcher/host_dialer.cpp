#include "engine/launcher/host_dialer.h"

#include "engine/launcher/launcher_protocol.h"

#include <netdb.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <thread>

namespace portlight::launcher {

namespace {

constexpr int kConnectMs = 20'000;

struct AddressesDeleter {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Result<void> awaitConnection(const Fd& socket)
{
    pollfd entry { socket.get(), POLLOUT, 0 };
    int ready = -1;
    do
        ready = ::poll(&entry, 1, kConnectMs);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return makeError(Errc::Unavailable, "connection timed out");
    int number = 0;
    socklen_t size = sizeof number;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &size);
    if (number != 0)
        return makeError(Errc::Unavailable, errnoText(number));
    return success();
}

Result<Fd> connectTo(const std::string& host, const std::string& port)
{
    addrinfo hints {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* raw = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &raw); code != 0)
        return makeError(Errc::Unavailable, "look up '" + host + "': " + ::gai_strerror(code));
    const std::unique_ptr<addrinfo, AddressesDeleter> list(raw);
    auto last = Result<Fd>(makeError(Errc::Unavailable, "'" + host + "' has no address"));
    for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
        Fd socket(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!socket.isOpen())
            continue;
        auto connected = Result<void>(success());
        if (::connect(socket.get(), at->ai_addr, at->ai_addrlen) != 0)
            connected = errno == EINPROGRESS
                ? awaitConnection(socket)
                : Result<void>(makeError(Errc::Unavailable, errnoText(errno)));
        if (connected)
            return socket;
        last = std::move(connected).error();
    }
    return last;
}

void serve(Message request)
{
    const Fd reply = std::move(request.descriptors.front());
    const auto end = request.text.find('\0');
    Message answer;
    answer.type = MessageType::Failed;
    answer.text = "bad request";
    if (end != std::string::npos) {
        auto socket = connectTo(request.text.substr(0, end), request.text.substr(end + 1));
        if (socket) {
            answer.type = MessageType::Dialled;
            answer.text.clear();
            answer.descriptors.push_back(std::move(socket).value());
        } else {
            answer.text = socket.error().message.substr(0, kMaxTextBytes);
        }
    }
    static_cast<void>(sendMessage(reply, answer).has_value());
}

[[noreturn]] void serveEngine(const Fd& socket)
{
    for (;;) {
        auto request = receiveMessage(socket);
        if (!request && request.error().code == Errc::Cancelled)
            ::_exit(0);
        if (!request || request.value().type != MessageType::Dial
            || request.value().descriptors.size() != 1)
            continue;
        // A name server may take its time; others do not wait for it.
        std::thread(&serve, std::move(request).value()).detach();
    }
}

// The engine's locks, log and sockets are not this process' to hold.
void closeAllBut(int kept)
{
    if (kept > 3)
        ::close_range(3, static_cast<unsigned>(kept) - 1, 0);
    ::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
}

} // namespace

Result<HostDialer> HostDialer::start()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    const pid_t engine = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        return errnoError(errno, "fork");
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NAME, "portlight-dial");
        if (::getppid() != engine)
            ::_exit(0);
        closeAllBut(theirs.get());
        serveEngine(theirs);
    }
    return HostDialer(std::move(ours));
}

Result<Fd> HostDialer::dial(const std::string& host, std::uint16_t port) const
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    const Fd ours(ends[0]);
    Message request;
    request.type = MessageType::Dial;
    // Brackets are an URL's, not an address'.
    const bool isBracketed = host.size() > 2 && host.front() == '[';
    request.text = isBracketed ? host.substr(1, host.size() - 2) : host;
    request.text += '\0' + std::to_string(port);
    request.descriptors.emplace_back(ends[1]);
    PL_TRY(sendMessage(m_socket, request));
    request.descriptors.clear();
    auto answer = receiveMessage(ours);
    if (!answer)
        return makeError(Errc::Unavailable, "the process that connects to hosts has ended");
    if (answer.value().type != MessageType::Dialled || answer.value().descriptors.size() != 1)
        return makeError(Errc::Unavailable, answer.value().text);
    return std::move(answer.value().descriptors.front());
}

} // namespace portlight::launcher
