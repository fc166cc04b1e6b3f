#include "engine/network/links.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace portlight::network {

namespace {

constexpr std::uint16_t kChange = NLM_F_ACK;
constexpr std::uint16_t kMake = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;

ifinfomsg linkHeader(int index, unsigned flags = 0)
{
    ifinfomsg header {};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = index;
    header.ifi_flags = flags;
    header.ifi_change = flags;
    return header;
}

NetlinkMessage upMessage(int index)
{
    NetlinkMessage message(RTM_NEWLINK, kChange);
    message.fixed(linkHeader(index, IFF_UP));
    return message;
}

NetlinkMessage addressMessage(int index, const InterfaceAddress& wanted)
{
    ifaddrmsg header {};
    header.ifa_family = static_cast<std::uint8_t>(wanted.address.family());
    header.ifa_prefixlen = static_cast<std::uint8_t>(wanted.length);
    header.ifa_index = static_cast<std::uint32_t>(index);
    // An IPv6 address that waits for duplicate detection could not be used for a second.
    header.ifa_flags = wanted.address.isV6() ? IFA_F_NODAD : 0;
    NetlinkMessage message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
    message.fixed(header).address(IFA_LOCAL, wanted.address);
    message.address(IFA_ADDRESS, wanted.address);
    return message;
}

NetlinkMessage defaultRoute(int index, const IpAddress& gateway)
{
    rtmsg header {};
    header.rtm_family = static_cast<std::uint8_t>(gateway.family());
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
    message.fixed(header).address(RTA_GATEWAY, gateway);
    message.number(RTA_OIF, static_cast<std::uint32_t>(index));
    return message;
}

std::string macText(const std::uint8_t* bytes)
{
    std::array<char, 18> text {};
    std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1],
        bytes[2], bytes[3], bytes[4], bytes[5]);
    return text.data();
}

Link linkOf(const nlmsghdr& header)
{
    Link link;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
    constexpr std::size_t kFixed = NLMSG_HDRLEN + sizeof(ifinfomsg);
    ifinfomsg fixed {};
    std::memcpy(&fixed, bytes + NLMSG_HDRLEN, sizeof fixed);
    link.index = fixed.ifi_index;
    forEachAttribute(bytes + kFixed, header.nlmsg_len - kFixed,
        [&](std::uint16_t type, const std::uint8_t* value, std::size_t size) {
            if (type == IFLA_IFNAME && size > 0)
                link.name.assign(reinterpret_cast<const char*>(value), size - 1);
            else if (type == IFLA_IFALIAS && size > 0)
                link.alias.assign(reinterpret_cast<const char*>(value),
                    ::strnlen(reinterpret_cast<const char*>(value), size));
            else if (type == IFLA_ADDRESS && size == 6)
                link.mac = macText(value);
            else if (type == IFLA_MTU && size == 4)
                std::memcpy(&link.mtu, value, size);
        });
    return link;
}

bool isLink(const nlmsghdr& header)
{
    return header.nlmsg_type == RTM_NEWLINK && header.nlmsg_len >= NLMSG_HDRLEN + sizeof(ifinfomsg);
}

} // namespace

Result<Links> Links::open()
{
    PL_TRY(auto socket, NetlinkSocket::open());
    return Links(std::move(socket));
}

Result<std::optional<Link>> Links::find(const std::string& name)
{
    std::optional<Link> found;
    NetlinkMessage message(RTM_GETLINK, NLM_F_ACK);
    message.fixed(linkHeader(0)).text(IFLA_IFNAME, name);
    const auto asked = m_socket.query(
        std::move(message), "find interface '" + name + "'", [&](const nlmsghdr& header) {
            if (isLink(header))
                found = linkOf(header);
        });
    if (!asked && asked.error().sysErrno != ENODEV)
        return asked.error();
    return found;
}

Result<std::vector<Link>> Links::list()
{
    std::vector<Link> links;
    NetlinkMessage message(RTM_GETLINK, NLM_F_DUMP);
    message.fixed(linkHeader(0));
    PL_TRY(m_socket.query(std::move(message), "list interfaces", [&](const nlmsghdr& header) {
        if (isLink(header))
            links.push_back(linkOf(header));
    }));
    return links;
}

Result<int> Links::makeBridge(const BridgeSpec& spec)
{
    NetlinkMessage message(RTM_NEWLINK, kMake);
    message.fixed(linkHeader(0)).text(IFLA_IFNAME, spec.name);
    message.number(IFLA_MTU, spec.mtu);
    message.begin(IFLA_LINKINFO).text(IFLA_INFO_KIND, "bridge").end();
    PL_TRY(m_socket.request({ message }, "make bridge '" + spec.name + "'"));
    PL_TRY(const auto link, find(spec.name));
    if (!link)
        return makeError(Errc::Internal, "bridge '" + spec.name + "' is gone again");
    NetlinkMessage alias(RTM_NEWLINK, kChange);
    alias.fixed(linkHeader(link->index));
    alias.attribute(IFLA_IFALIAS, spec.alias.data(), spec.alias.size());
    PL_TRY(m_socket.request({ alias }, "name bridge '" + spec.name + "'"));
    return link->index;
}

Result<void> Links::makeVeth(
    const std::string& name, const std::string& farName, const Fd& farNamespace)
{
    NetlinkMessage message(RTM_NEWLINK, kMake);
    message.fixed(linkHeader(0)).text(IFLA_IFNAME, name);
    message.begin(IFLA_LINKINFO).text(IFLA_INFO_KIND, "veth").begin(IFLA_INFO_DATA);
    message.begin(VETH_INFO_PEER).fixed(linkHeader(0)).text(IFLA_IFNAME, farName);
    message.number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(farNamespace.get()));
    message.end().end().end();
    return m_socket.request({ message }, "make interface pair '" + name + "'");
}

Result<void> Links::enslave(int index, int bridge, unsigned mtu, bool isIsolated)
{
    NetlinkMessage message(RTM_NEWLINK, kChange);
    message.fixed(linkHeader(index, IFF_UP));
    message.number(IFLA_MTU, mtu);
    message.number(IFLA_MASTER, static_cast<std::uint32_t>(bridge));
    // The host's end needs no address of its own, not even a link-local one.
    message.begin(IFLA_AF_SPEC).begin(AF_INET6);
    message.byte(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE).end().end();
    std::vector<NetlinkMessage> messages { std::move(message) };
    if (isIsolated) {
        NetlinkMessage isolated(RTM_NEWLINK, kChange);
        isolated.fixed(linkHeader(index)).begin(IFLA_LINKINFO);
        isolated.text(IFLA_INFO_SLAVE_KIND, "bridge").begin(IFLA_INFO_SLAVE_DATA);
        isolated.byte(IFLA_BRPORT_ISOLATED, 1).end().end();
        messages.push_back(std::move(isolated));
    }
    return m_socket.request(std::move(messages), "put an interface on its bridge");
}

Result<void> Links::setUp(int index)
{
    return m_socket.request({ upMessage(index) }, "switch an interface on");
}

Result<void> Links::addAddress(int index, const InterfaceAddress& address)
{
    return m_socket.request(
        { addressMessage(index, address) }, "add address " + address.address.text());
}

Result<void> Links::configure(int index, const InterfaceSpec& spec)
{
    NetlinkMessage link(RTM_NEWLINK, kChange);
    link.fixed(linkHeader(index)).text(IFLA_IFNAME, spec.name).number(IFLA_MTU, spec.mtu);
    if (!spec.mac.empty()) {
        PL_TRY(const auto mac, parseMac(spec.mac));
        link.attribute(IFLA_ADDRESS, mac.data(), mac.size());
    }
    std::vector<NetlinkMessage> messages { std::move(link) };
    for (const auto& address : spec.addresses)
        messages.push_back(addressMessage(index, address));
    messages.push_back(upMessage(index));
    for (const auto& gateway : spec.gateways)
        messages.push_back(defaultRoute(index, gateway));
    return m_socket.request(std::move(messages), "set up interface '" + spec.name + "'");
}

Result<void> Links::move(int index, const std::string& name, const Fd& target)
{
    NetlinkMessage message(RTM_NEWLINK, kChange);
    message.fixed(linkHeader(index)).text(IFLA_IFNAME, name);
    message.number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(target.get()));
    return m_socket.request({ message }, "move interface '" + name + "'");
}

Result<void> Links::rename(int index, const std::string& name)
{
    NetlinkMessage message(RTM_NEWLINK, kChange);
    message.fixed(linkHeader(index)).text(IFLA_IFNAME, name);
    return m_socket.request({ message }, "name interface '" + name + "'");
}

Result<void> Links::remove(const std::string& name)
{
    NetlinkMessage message(RTM_DELLINK, kChange);
    message.fixed(linkHeader(0)).text(IFLA_IFNAME, name);
    auto removed = m_socket.request({ message }, "remove interface '" + name + "'");
    if (!removed && removed.error().sysErrno != ENODEV)
        return removed;
    return success();
}

Result<std::vector<IpPrefix>> Links::routes()
{
    std::vector<IpPrefix> prefixes;
    NetlinkMessage message(RTM_GETROUTE, NLM_F_DUMP);
    message.fixed(rtmsg {});
    PL_TRY(m_socket.query(std::move(message), "list routes", [&](const nlmsghdr& header) {
        constexpr std::size_t kFixed = NLMSG_HDRLEN + sizeof(rtmsg);
        if (header.nlmsg_type != RTM_NEWROUTE || header.nlmsg_len < kFixed)
            return;
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
        rtmsg route {};
        std::memcpy(&route, bytes + NLMSG_HDRLEN, sizeof route);
        if (route.rtm_table != RT_TABLE_MAIN || route.rtm_type != RTN_UNICAST)
            return;
        forEachAttribute(bytes + kFixed, header.nlmsg_len - kFixed,
            [&](std::uint16_t type, const std::uint8_t* value, std::size_t size) {
                if (type == RTA_DST && (size == 4 || size == 16))
                    prefixes.emplace_back(
                        IpAddress::fromBytes(size == 16, value), route.rtm_dst_len);
            });
    }));
    return prefixes;
}

Result<std::array<std::uint8_t, 6>> parseMac(const std::string& text)
{
    std::array<unsigned, 6> parts {};
    int end = 0;
    const int got = std::sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x%n", &parts[0], &parts[1],
        &parts[2], &parts[3], &parts[4], &parts[5], &end);
    if (got != 6 || static_cast<std::size_t>(end) != text.size() || (parts[0] & 1U) != 0)
        return makeError(
            Errc::InvalidArgument, "invalid MAC address: '" + text.substr(0, 64) + "'");
    std::array<std::uint8_t, 6> mac {};
    for (std::size_t at = 0; at < mac.size(); ++at)
        mac[at] = static_cast<std::uint8_t>(parts[at]);
    return mac;
}

std::string makeMac(const IpAddress& address)
{
    std::array<std::uint8_t, 6> mac { 0x02, 0x42 };
    if (!address.isEmpty() && !address.isV6())
        std::memcpy(mac.data() + 2, address.data(), 4);
    else if (::getrandom(mac.data() + 1, 5, 0) != 5)
        mac[5] = 1; // never, for so few bytes; the kernel refuses a clash
    return macText(mac.data());
}

} // namespace portlight::network
