#include "engine/network/netlink.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace portlight::network {

namespace {

constexpr std::size_t kReceiveBytes = 32768; // netlink(7): a dump's packets are at most this long

constexpr std::size_t aligned(std::size_t size)
{
    return (size + 3U) & ~std::size_t { 3 };
}

/// The kernel's words behind an error (NLMSGERR_ATTR_MSG), where it has any.
std::string extendedText(const nlmsghdr& header)
{
    if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0)
        return {};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
    const auto* error = reinterpret_cast<const nlmsgerr*>(bytes + NLMSG_HDRLEN);
    std::size_t offset = NLMSG_HDRLEN + sizeof(nlmsgerr);
    if ((header.nlmsg_flags & NLM_F_CAPPED) == 0)
        offset += error->msg.nlmsg_len - std::min<std::size_t>(NLMSG_HDRLEN, error->msg.nlmsg_len);
    std::string text;
    if (offset < header.nlmsg_len)
        forEachAttribute(bytes + offset, header.nlmsg_len - offset,
            [&](std::uint16_t type, const std::uint8_t* value, std::size_t size) {
                if (type == NLMSGERR_ATTR_MSG && size > 0)
                    text.assign(reinterpret_cast<const char*>(value), size - 1);
            });
    return text;
}

Error kernelError(const nlmsghdr& header, int number, const std::string& what)
{
    Error error = errnoError(number, what);
    if (const auto text = extendedText(header); !text.empty())
        error.message += " (" + text + ")";
    return error;
}

/// Hands every message of what @p socket receives to @p handle until it says that it is done.
Result<void> receive(const Fd& socket, const std::string& what,
    const std::function<Result<bool>(const nlmsghdr&)>& handle)
{
    alignas(nlmsghdr) std::array<std::uint8_t, kReceiveBytes> buffer {};
    for (;;) {
        const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, what);
        std::size_t at = 0;
        const auto size = static_cast<std::size_t>(got);
        while (size - at >= sizeof(nlmsghdr)) {
            const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data() + at);
            if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > size - at)
                return makeError(Errc::Internal, what + ": the kernel's answer is malformed");
            PL_TRY(const bool isDone, handle(*header));
            if (isDone)
                return success();
            at += std::min(size - at, aligned(header->nlmsg_len));
        }
    }
}

} // namespace

NetlinkMessage::NetlinkMessage(std::uint16_t type, std::uint16_t flags)
{
    nlmsghdr header {};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
    append(&header, sizeof header);
}

void NetlinkMessage::append(const void* data, std::size_t size)
{
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    m_bytes.insert(m_bytes.end(), bytes, bytes + size);
    m_bytes.resize(aligned(m_bytes.size()));
}

NetlinkMessage& NetlinkMessage::attribute(std::uint16_t type, const void* data, std::size_t size)
{
    const nlattr header { static_cast<std::uint16_t>(NLA_HDRLEN + size), type };
    append(&header, sizeof header);
    append(data, size);
    return *this;
}

NetlinkMessage& NetlinkMessage::text(std::uint16_t type, std::string_view value)
{
    const std::string copy(value);
    return attribute(type, copy.c_str(), copy.size() + 1);
}

NetlinkMessage& NetlinkMessage::number(std::uint16_t type, std::uint32_t value)
{
    return attribute(type, &value, sizeof value);
}

NetlinkMessage& NetlinkMessage::byte(std::uint16_t type, std::uint8_t value)
{
    return attribute(type, &value, sizeof value);
}

NetlinkMessage& NetlinkMessage::address(std::uint16_t type, const IpAddress& value)
{
    return attribute(type, value.data(), value.size());
}

NetlinkMessage& NetlinkMessage::begin(std::uint16_t type)
{
    m_open.push_back(m_bytes.size());
    return attribute(static_cast<std::uint16_t>(type | NLA_F_NESTED), nullptr, 0);
}

NetlinkMessage& NetlinkMessage::end()
{
    const std::size_t at = m_open.back();
    m_open.pop_back();
    const auto size = static_cast<std::uint16_t>(m_bytes.size() - at);
    std::memcpy(m_bytes.data() + at, &size, sizeof size);
    return *this;
}

const std::vector<std::uint8_t>& NetlinkMessage::finish(std::uint32_t sequence)
{
    auto* header = reinterpret_cast<nlmsghdr*>(m_bytes.data());
    header->nlmsg_len = static_cast<std::uint32_t>(m_bytes.size());
    header->nlmsg_seq = sequence;
    return m_bytes;
}

Result<NetlinkSocket> NetlinkSocket::open()
{
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.isOpen())
        return errnoError(errno, "open a netlink socket");
    const int on = 1;
    // Texts of errors; and only the header of what was refused comes back. Both are old kernels'
    // lack without harm.
    ::setsockopt(socket.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    ::setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    return NetlinkSocket(std::move(socket));
}

Result<void> NetlinkSocket::send(
    const std::vector<std::uint8_t>& bytes, const std::string& what) const
{
    sockaddr_nl kernel {};
    kernel.nl_family = AF_NETLINK;
    ssize_t sent = -1;
    do
        sent = ::sendto(m_socket.get(), bytes.data(), bytes.size(), 0,
            reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errnoError(errno, what);
    return success();
}

Result<void> NetlinkSocket::request(std::vector<NetlinkMessage> messages, const std::string& what)
{
    std::vector<std::uint8_t> bytes;
    std::uint32_t awaited = 0;
    const std::uint32_t first = m_sequence + 1;
    for (NetlinkMessage& message : messages) {
        const auto& part = message.finish(++m_sequence);
        bytes.insert(bytes.end(), part.begin(), part.end());
        ++awaited;
    }
    PL_TRY(send(bytes, what));
    std::optional<Error> failure;
    PL_TRY(receive(m_socket, what, [&](const nlmsghdr& header) -> Result<bool> {
        if (header.nlmsg_type != NLMSG_ERROR || header.nlmsg_seq < first)
            return false;
        const auto* error = reinterpret_cast<const nlmsgerr*>(&header + 1);
        if (error->error != 0 && !failure)
            failure = kernelError(header, -error->error, what);
        return --awaited == 0;
    }));
    if (failure)
        return *failure;
    return success();
}

Result<void> NetlinkSocket::query(NetlinkMessage message, const std::string& what,
    const std::function<void(const nlmsghdr&)>& handle)
{
    const std::uint32_t sequence = ++m_sequence;
    PL_TRY(send(message.finish(sequence), what));
    return receive(m_socket, what, [&](const nlmsghdr& header) -> Result<bool> {
        if (header.nlmsg_seq != sequence)
            return false;
        if (header.nlmsg_type == NLMSG_DONE)
            return true;
        if (header.nlmsg_type == NLMSG_ERROR) {
            const auto* error = reinterpret_cast<const nlmsgerr*>(&header + 1);
            if (error->error != 0)
                return kernelError(header, -error->error, what);
            return true;
        }
        handle(header);
        return false;
    });
}

void forEachAttribute(const std::uint8_t* data, std::size_t size,
    const std::function<void(std::uint16_t, const std::uint8_t*, std::size_t)>& handle)
{
    while (size >= sizeof(nlattr)) {
        nlattr header {};
        std::memcpy(&header, data, sizeof header);
        if (header.nla_len < sizeof header || header.nla_len > size)
            return;
        handle(static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK), data + sizeof header,
            header.nla_len - sizeof header);
        const std::size_t step = std::min(size, aligned(header.nla_len));
        data += step;
        size -= step;
    }
}

} // namespace portlight::network
