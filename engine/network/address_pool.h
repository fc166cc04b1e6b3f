#pragma once

#include "engine/network/ip_address.h"

#include <set>
#include <vector>

namespace portlight::network {

/// The addresses of one subnet that can be given to containers. Plain value; its owner locks.
class AddressPool {
public:
    /// @p range limits what is given without being asked for; empty: the whole subnet.
    AddressPool(IpPrefix subnet, IpPrefix range, IpAddress gateway);

    const IpPrefix& subnet() const noexcept { return m_subnet; }
    const IpAddress& gateway() const noexcept { return m_gateway; }

    /// The next free address, round the range, so that a freed one rests for a while.
    /// Errors: Conflict where all are taken.
    Result<IpAddress> take();
    /// @p wanted itself. Errors: InvalidArgument outside of the subnet, Conflict where it is taken.
    Result<void> take(const IpAddress& wanted);
    void release(const IpAddress& address);

private:
    IpPrefix m_subnet;
    IpPrefix m_range;
    IpAddress m_gateway;
    IpAddress m_next;
    std::set<IpAddress> m_taken;
};

/// The first of the engine's own subnets that overlaps none of @p used (other networks, the host's
/// routes, its name servers). IPv6: a random unique local /64 (RFC 4193).
/// Errors: Unavailable where none is left.
Result<IpPrefix> chooseSubnet(bool isV6, const std::vector<IpPrefix>& used);

} // namespace portlight::network
