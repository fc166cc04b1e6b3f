#include "engine/network/address_pool.h"

#include <sys/random.h>

#include <algorithm>

namespace portlight::network {

AddressPool::AddressPool(IpPrefix subnet, IpPrefix range, IpAddress gateway)
    : m_subnet(subnet)
    , m_range(range.isEmpty() ? subnet : range)
    , m_gateway(gateway)
    , m_next(m_range.address())
{
    m_taken.insert(m_gateway);
    // The network's own address, and IPv4's broadcast address.
    m_taken.insert(m_subnet.address());
    if (!m_subnet.address().isV6())
        m_taken.insert(m_subnet.last());
}

Result<IpAddress> AddressPool::take()
{
    // Of n+1 addresses in a row one is free, if any is.
    for (std::size_t tries = 0; tries <= m_taken.size() + 1; ++tries) {
        const IpAddress candidate = m_next;
        m_next = candidate.plus(1);
        if (!m_range.contains(m_next))
            m_next = m_range.address();
        if (m_taken.insert(candidate).second)
            return candidate;
    }
    return makeError(Errc::Conflict,
        "no available addresses on this pool: all of " + m_range.text() + " are taken");
}

Result<void> AddressPool::take(const IpAddress& wanted)
{
    if (!m_subnet.contains(wanted))
        return makeError(Errc::InvalidArgument,
            "no configured subnet or ip-range contain the IP address " + wanted.text());
    if (!m_taken.insert(wanted).second)
        return makeError(Errc::Conflict, "address " + wanted.text() + " is already in use");
    return success();
}

void AddressPool::release(const IpAddress& address)
{
    if (address != m_gateway && address != m_subnet.address())
        m_taken.erase(address);
}

namespace {

bool isFree(const IpPrefix& candidate, const std::vector<IpPrefix>& used)
{
    return std::ranges::none_of(
        used, [&](const IpPrefix& other) { return candidate.overlaps(other); });
}

IpPrefix v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned length)
{
    const std::uint8_t bytes[] { a, b, c, 0 };
    return IpPrefix(IpAddress::fromBytes(false, bytes), length);
}

} // namespace

Result<IpPrefix> chooseSubnet(bool isV6, const std::vector<IpPrefix>& used)
{
    if (isV6) {
        for (;;) {
            std::uint8_t bytes[16] { 0xfd };
            if (::getrandom(bytes + 1, 5, 0) != 5)
                return errnoError(errno, "choose an IPv6 subnet");
            const IpPrefix candidate(IpAddress::fromBytes(true, bytes), 64);
            if (isFree(candidate, used))
                return candidate;
        }
    }
    for (unsigned second = 17; second < 32; ++second)
        if (const auto candidate = v4(172, static_cast<std::uint8_t>(second), 0, 16);
            isFree(candidate, used))
            return candidate;
    for (unsigned third = 0; third < 256; third += 16)
        if (const auto candidate = v4(192, 168, static_cast<std::uint8_t>(third), 20);
            isFree(candidate, used))
            return candidate;
    // Many networks: small pieces of the largest private range.
    for (unsigned second = 201; second < 256; ++second)
        for (unsigned third = 0; third < 256; ++third)
            if (const auto candidate =
                    v4(10, static_cast<std::uint8_t>(second), static_cast<std::uint8_t>(third), 24);
                isFree(candidate, used))
                return candidate;
    return makeError(Errc::Unavailable,
        "all predefined address pools have been fully subnetted: remove networks, or name a "
        "subnet");
}

} // namespace portlight::network
