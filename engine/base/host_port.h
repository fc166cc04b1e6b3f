#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace portlight {

/// A port of the host's, listened on for a container.
struct HostPort {
    std::string protocol; ///< "tcp" or "udp"
    std::string address; ///< "127.0.0.1", "0.0.0.0", "::"
    std::uint16_t port = 0; ///< 0: any
};

/// "tcp 127.0.0.1 8080", and back. Errors: InvalidArgument.
std::string toText(const HostPort& port);
Result<HostPort> hostPortFromText(const std::string& text);

/// A bound socket in the network namespace of the calling thread, non-blocking; tcp listens. An
/// IPv6 one serves IPv6 alone. Errors: InvalidArgument, Conflict where the port is taken, Forbidden
/// below net.ipv4.ip_unprivileged_port_start, as bind(2) says it.
Result<Fd> openHostPort(const HostPort& port);

/// The port that a socket is bound to.
Result<std::uint16_t> boundPort(const Fd& socket);

} // namespace portlight
