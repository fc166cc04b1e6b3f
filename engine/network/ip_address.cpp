#include "engine/network/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace portlight::network {

Result<IpAddress> IpAddress::parse(const std::string& text)
{
    IpAddress address;
    if (::inet_pton(AF_INET, text.c_str(), address.m_bytes.data()) == 1)
        address.m_size = 4;
    else if (::inet_pton(AF_INET6, text.c_str(), address.m_bytes.data()) == 1)
        address.m_size = 16;
    else
        return makeError(Errc::InvalidArgument, "invalid IP address: '" + text.substr(0, 64) + "'");
    // A zero byte ends the text for inet_pton, not for us.
    if (text.find('\0') != std::string::npos)
        return makeError(Errc::InvalidArgument, "invalid IP address: it holds a zero byte");
    return address;
}

IpAddress IpAddress::fromBytes(bool isV6, const std::uint8_t* bytes)
{
    IpAddress address;
    address.m_size = isV6 ? 16 : 4;
    std::copy_n(bytes, address.m_size, address.m_bytes.begin());
    return address;
}

int IpAddress::family() const noexcept
{
    return isV6() ? AF_INET6 : AF_INET;
}

std::string IpAddress::text() const
{
    if (isEmpty())
        return {};
    std::array<char, INET6_ADDRSTRLEN> buffer {};
    ::inet_ntop(family(), m_bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

IpAddress IpAddress::plus(std::uint64_t distance) const
{
    IpAddress sum = *this;
    std::uint64_t carry = distance;
    for (std::size_t at = m_size; at-- > 0 && carry != 0;) {
        carry += sum.m_bytes[at];
        sum.m_bytes[at] = static_cast<std::uint8_t>(carry & 0xffU);
        carry >>= 8U;
    }
    return sum;
}

IpPrefix::IpPrefix(IpAddress address, unsigned length)
    : m_length(length)
{
    std::array<std::uint8_t, 16> bytes {};
    for (std::size_t at = 0; at < address.size(); ++at) {
        const unsigned covered =
            std::min(8U, length - std::min<unsigned>(length, 8U * static_cast<unsigned>(at)));
        const auto mask = static_cast<std::uint8_t>(0xff00U >> covered);
        bytes[at] = static_cast<std::uint8_t>(address.data()[at] & mask);
    }
    m_address = IpAddress::fromBytes(address.isV6(), bytes.data());
}

Result<IpPrefix> IpPrefix::parse(const std::string& text)
{
    const auto slash = text.find('/');
    const auto invalid = [&text] {
        return makeError(Errc::InvalidArgument, "invalid subnet: '" + text.substr(0, 64) + "'");
    };
    if (slash == std::string::npos)
        return invalid();
    auto address = IpAddress::parse(text.substr(0, slash));
    unsigned length = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + slash + 1, end, length);
    if (!address || code != std::errc() || stop != end || length > 8 * address.value().size())
        return invalid();
    return IpPrefix(address.value(), length);
}

bool IpPrefix::contains(const IpAddress& address) const
{
    return !isEmpty() && address.size() == m_address.size()
        && IpPrefix(address, m_length).address() == m_address;
}

bool IpPrefix::overlaps(const IpPrefix& other) const
{
    return contains(other.address()) || other.contains(m_address);
}

IpAddress IpPrefix::last() const
{
    std::array<std::uint8_t, 16> bytes {};
    for (std::size_t at = 0; at < m_address.size(); ++at) {
        const unsigned covered =
            std::min(8U, m_length - std::min<unsigned>(m_length, 8U * static_cast<unsigned>(at)));
        bytes[at] = static_cast<std::uint8_t>(m_address.data()[at] | (0xffU >> covered));
    }
    return IpAddress::fromBytes(m_address.isV6(), bytes.data());
}

std::string IpPrefix::text() const
{
    return isEmpty() ? std::string() : m_address.text() + "/" + std::to_string(m_length);
}

} // namespace portlight::network
