#pragma once

#include "engine/base/host_port.h"
#include "engine/core/container_network.h"
#include "engine/core/endpoint_request.h"
#include "engine/network/firewall.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace portlight::core {

/// A published port with the socket that listens for it.
struct OpenPort {
    PublishedPort port;
    Fd socket;
};

using OpenHostPort = std::function<Result<Fd>(const HostPort&)>;

/// Listens for @p request, on IPv4 and IPv6 where no address was asked for, on the first free port
/// of its range. Blocking. Errors: Internal "failed to bind host port …", as docker words it.
Result<std::vector<OpenPort>> openPorts(
    const PortRequest& request, const network::IpAddress& target, const OpenHostPort& open);

/// The rules by which other hosts' packets reach the container without the forwarder.
std::vector<network::PortRule> rulesOf(const std::vector<PublishedPort>& ports);

/// Starts `portlight-forwarder` for @p ports, which says so in each of them; it ends with the
/// process behind @p owner, a pidfd. Blocking.
Result<void> startForwarder(
    const std::string& program, std::vector<OpenPort>& ports, const Fd& owner);
/// Lets the forwarder of @p port close its listening socket; connections go on. Returns once the
/// port is free, at most 2 s later. Blocking.
Result<void> closePort(const PublishedPort& port);

/// Forwarders that were told to end: their ports are taken until they have. Any thread.
class EndingForwarders {
public:
    /// Ends it; a process that is another's by now is left alone.
    void end(const HelperProcess& forwarder);
    /// All that listen for @p ports.
    void endAll(const std::vector<PublishedPort>& ports);
    /// Returns once all have ended, at most 2 s later.
    void await();

private:
    std::mutex m_mutex;
    std::vector<Fd> m_ending; ///< pidfds
};

} // namespace portlight::core
