#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace portlight::network {

/// Where a container's questions for names arrive.
struct NameSockets {
    Fd udp;
    Fd tcp; ///< listens
};

/// Makes port 53 of @p address (a loopback one) lead to @p port in the network namespace @p space,
/// without connection tracking, and opens that port's sockets there. Port 53 itself stays free for
/// the container's own use. Blocking; also where it was done before. nft(8).
Result<NameSockets> openNameSockets(
    const Fd& space, const std::string& address, std::uint16_t port);

} // namespace portlight::network
