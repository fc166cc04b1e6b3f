#pragma once

#include "engine/base/result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace portlight::network {

/// An IPv4 or IPv6 address; a default one is empty.
class IpAddress {
public:
    /// "10.0.0.1" or "fd00::1". Errors: InvalidArgument naming the text.
    static Result<IpAddress> parse(const std::string& text);
    /// @p bytes in network order: 4 for IPv4, 16 for IPv6.
    static IpAddress fromBytes(bool isV6, const std::uint8_t* bytes);

    bool isEmpty() const noexcept { return m_size == 0; }
    bool isV6() const noexcept { return m_size == 16; }
    /// AF_INET or AF_INET6.
    int family() const noexcept;
    const std::uint8_t* data() const noexcept { return m_bytes.data(); }
    std::size_t size() const noexcept { return m_size; }
    std::string text() const;
    /// The address @p distance further; wraps around.
    IpAddress plus(std::uint64_t distance) const;

    auto operator<=>(const IpAddress&) const = default;

private:
    std::size_t m_size = 0;
    std::array<std::uint8_t, 16> m_bytes {};
};

/// A network: an address whose bits behind `length` are zero.
class IpPrefix {
public:
    /// "10.0.0.0/24"; bits behind the length are cleared. Errors: InvalidArgument naming the text.
    static Result<IpPrefix> parse(const std::string& text);
    IpPrefix() = default;
    IpPrefix(IpAddress address, unsigned length);

    bool isEmpty() const noexcept { return m_address.isEmpty(); }
    const IpAddress& address() const noexcept { return m_address; }
    unsigned length() const noexcept { return m_length; }
    bool contains(const IpAddress& address) const;
    bool overlaps(const IpPrefix& other) const;
    /// The last address; the broadcast address of IPv4.
    IpAddress last() const;
    std::string text() const;

    bool operator==(const IpPrefix&) const = default;

private:
    IpAddress m_address;
    unsigned m_length = 0;
};

} // namespace portlight::network
