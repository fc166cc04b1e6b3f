#include "engine/base/host_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace portlight {

namespace {

constexpr int kBacklog = 4096; ///< the kernel takes net.core.somaxconn where that is less

struct SocketAddress {
    sockaddr_storage storage {};
    socklen_t size = 0;
};

Result<SocketAddress> socketAddress(const HostPort& port)
{
    SocketAddress made;
    sockaddr_in v4 {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port.port);
    sockaddr_in6 v6 {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port.port);
    if (::inet_pton(AF_INET, port.address.c_str(), &v4.sin_addr) == 1) {
        std::memcpy(&made.storage, &v4, sizeof v4);
        made.size = sizeof v4;
    } else if (::inet_pton(AF_INET6, port.address.c_str(), &v6.sin6_addr) == 1) {
        std::memcpy(&made.storage, &v6, sizeof v6);
        made.size = sizeof v6;
    } else {
        return makeError(Errc::InvalidArgument,
            "invalid host address '" + port.address.substr(0, 64) + "' of a port");
    }
    return made;
}

Error bindError(int number, const HostPort& port)
{
    const bool isV6 = port.address.find(':') != std::string::npos;
    const std::string where = (isV6 ? "[" + port.address + "]" : port.address) + ":"
        + std::to_string(port.port) + "/" + port.protocol;
    Error error = errnoError(number, "failed to bind host port " + where);
    if (number == EADDRINUSE)
        error.code = Errc::Conflict;
    if (number == EACCES)
        error.message += " (ports below net.ipv4.ip_unprivileged_port_start need root rights; "
                         "sysctl net.ipv4.ip_unprivileged_port_start=80 lowers the limit)";
    return error;
}

} // namespace

std::string toText(const HostPort& port)
{
    return port.protocol + " " + port.address + " " + std::to_string(port.port);
}

Result<HostPort> hostPortFromText(const std::string& text)
{
    const auto first = text.find(' ');
    const auto second = text.find(' ', first == std::string::npos ? first : first + 1);
    const auto invalid =
        makeError(Errc::InvalidArgument, "not a host port: '" + text.substr(0, 64) + "'");
    if (second == std::string::npos)
        return invalid;
    HostPort port { text.substr(0, first), text.substr(first + 1, second - first - 1), 0 };
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + second + 1, end, port.port);
    if (code != std::errc() || stop != end || (port.protocol != "tcp" && port.protocol != "udp"))
        return invalid;
    return port;
}

Result<Fd> openHostPort(const HostPort& port)
{
    PL_TRY(const auto address, socketAddress(port));
    const bool isTcp = port.protocol == "tcp";
    Fd made(::socket(address.storage.ss_family,
        (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.isOpen())
        return errnoError(errno, "make a socket for a host port");
    const int on = 1;
    // What is left of earlier connections does not keep a port; a listener still does.
    if (isTcp)
        ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6)
        ::setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
        return bindError(errno, port);
    if (isTcp && ::listen(made.get(), kBacklog) != 0)
        return bindError(errno, port);
    return made;
}

Result<std::uint16_t> boundPort(const Fd& socket)
{
    sockaddr_storage storage {};
    socklen_t size = sizeof storage;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return errnoError(errno, "look at a socket's address");
    sockaddr_in v4 {};
    std::memcpy(&v4, &storage, sizeof v4); // the port lies at the same place in both kinds
    return ntohs(v4.sin_port);
}

} // namespace portlight
