#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/network/ip_address.h"

#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Routing netlink messages: rtnetlink(7), netlink(7).
namespace portlight::network {

/// One request in the making: header, the family's fixed part, attributes.
class NetlinkMessage {
public:
    NetlinkMessage(std::uint16_t type, std::uint16_t flags);

    /// The fixed part that follows the header (ifinfomsg, ifaddrmsg, rtmsg …).
    template <class Fixed> NetlinkMessage& fixed(const Fixed& value)
    {
        append(&value, sizeof value);
        return *this;
    }
    NetlinkMessage& attribute(std::uint16_t type, const void* data, std::size_t size);
    NetlinkMessage& text(std::uint16_t type, std::string_view value); ///< with its zero byte
    NetlinkMessage& number(std::uint16_t type, std::uint32_t value);
    NetlinkMessage& byte(std::uint16_t type, std::uint8_t value);
    NetlinkMessage& address(std::uint16_t type, const IpAddress& value);
    /// Attributes added until the matching end() lie inside this one.
    NetlinkMessage& begin(std::uint16_t type);
    NetlinkMessage& end();

    /// The bytes with their length and @p sequence filled in.
    const std::vector<std::uint8_t>& finish(std::uint32_t sequence);

private:
    void append(const void* data, std::size_t size);

    std::vector<std::uint8_t> m_bytes;
    std::vector<std::size_t> m_open; ///< offsets of attributes that are not ended
};

/// A connection to the kernel's routing tables of the network namespace that the calling thread was
/// in when it was opened; it stays there. Used by one thread at a time.
class NetlinkSocket {
public:
    static Result<NetlinkSocket> open();

    /// Sends @p messages in one system call and awaits every acknowledgement. Errors: the first
    /// failure as the kernel words it (extended acknowledgement), with @p what before it.
    Result<void> request(std::vector<NetlinkMessage> messages, const std::string& what);
    /// Sends @p message, which asks for a dump or one object, and gives every answer to @p handle.
    Result<void> query(NetlinkMessage message, const std::string& what,
        const std::function<void(const nlmsghdr&)>& handle);

private:
    explicit NetlinkSocket(Fd socket)
        : m_socket(std::move(socket))
    {
    }
    Result<void> send(const std::vector<std::uint8_t>& bytes, const std::string& what) const;

    Fd m_socket;
    std::uint32_t m_sequence = 0;
};

/// The attributes of a message or of a nested attribute, in order; a malformed one ends it.
void forEachAttribute(const std::uint8_t* data, std::size_t size,
    const std::function<void(std::uint16_t type, const std::uint8_t* value, std::size_t size)>&
        handle);

} // namespace portlight::network
