#include "engine/forwarder/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

namespace portlight::forwarder {

Result<Target> Target::of(const HostPort& port)
{
    Target target;
    sockaddr_in v4 {};
    sockaddr_in6 v6 {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port.port);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port.port);
    if (::inet_pton(AF_INET, port.address.c_str(), &v4.sin_addr) == 1) {
        std::memcpy(&target.address, &v4, sizeof v4);
        target.size = sizeof v4;
    } else if (::inet_pton(AF_INET6, port.address.c_str(), &v6.sin6_addr) == 1) {
        std::memcpy(&target.address, &v6, sizeof v6);
        target.size = sizeof v6;
    } else {
        return makeError(Errc::InvalidArgument, "'" + port.address + "' is no address");
    }
    return target;
}

Result<Fd> Target::connect(int type) const
{
    Fd made(::socket(address.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.isOpen())
        return errnoError(errno, "make a socket");
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0
        && errno != EINPROGRESS)
        return errnoError(errno, "connect");
    return made;
}

} // namespace portlight::forwarder
