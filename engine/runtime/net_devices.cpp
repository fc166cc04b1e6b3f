#include "engine/runtime/net_devices.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace portlight::runtime {

namespace {

constexpr std::size_t kBufferBytes = 32768;

/// One rtnetlink message under construction. netlink(7), rtnetlink(7).
class Message {
public:
    template <class Header> Message(std::uint16_t type, std::uint16_t flags, const Header& header)
    {
        nlmsghdr start {};
        start.nlmsg_type = type;
        start.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
        append(&start, sizeof start);
        append(&header, sizeof header);
    }
    void add(std::uint16_t type, const void* data, std::size_t size)
    {
        rtattr attribute {};
        attribute.rta_type = type;
        attribute.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(size));
        append(&attribute, sizeof attribute);
        append(data, size);
    }
    const std::vector<char>& finished()
    {
        const auto length = static_cast<std::uint32_t>(m_bytes.size());
        std::memcpy(m_bytes.data(), &length, sizeof length); // nlmsg_len comes first
        return m_bytes;
    }

private:
    void append(const void* data, std::size_t size)
    {
        const auto* const bytes = static_cast<const char*>(data);
        m_bytes.insert(m_bytes.end(), bytes, bytes + size);
        m_bytes.resize(NLMSG_ALIGN(m_bytes.size()));
    }
    std::vector<char> m_bytes;
};

Result<Fd> openNetlink()
{
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.isOpen())
        return errnoError(errno, "open netlink socket");
    return socket;
}

// Sends @p message and hands each part of the answer to @p visit, up to its end.
template <class Visit> Result<void> ask(const Fd& socket, Message& message, Visit visit)
{
    const std::vector<char>& bytes = message.finished();
    if (::send(socket.get(), bytes.data(), bytes.size(), 0) < 0)
        return errnoError(errno, "ask the kernel's network");
    std::vector<char> buffer(kBufferBytes);
    for (;;) {
        const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, "hear from the kernel's network");
        auto left = static_cast<long>(got);
        for (auto* part = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(part, left);
            part = NLMSG_NEXT(part, left)) {
            if (part->nlmsg_type == NLMSG_DONE)
                return success();
            if (part->nlmsg_type != NLMSG_ERROR) {
                visit(*part);
                continue;
            }
            nlmsgerr failure {};
            std::memcpy(&failure, NLMSG_DATA(part), sizeof failure);
            return failure.error == 0 ? Result<void>(success())
                                      : errnoError(-failure.error, "change network device");
        }
    }
}

Result<void> tell(const Fd& socket, Message& message)
{
    return ask(socket, message, [](const nlmsghdr&) { });
}

struct Attribute {
    std::uint16_t type;
    std::vector<char> value;
};

struct Address {
    ifaddrmsg header;
    std::vector<Attribute> attributes;
};

// What the device keeps when it moves: config-linux.md, Network Devices.
bool isKept(const ifaddrmsg& header, std::uint32_t flags)
{
    return header.ifa_scope == RT_SCOPE_UNIVERSE && (flags & IFA_F_PERMANENT) != 0;
}

Address addressFrom(const nlmsghdr& part, std::uint32_t& flags)
{
    Address address {};
    auto* const header = static_cast<ifaddrmsg*>(NLMSG_DATA(&part));
    address.header = *header;
    flags = header->ifa_flags;
    auto left = static_cast<long>(IFA_PAYLOAD(&part));
    for (auto* each = IFA_RTA(header); RTA_OK(each, left); each = RTA_NEXT(each, left)) {
        const auto* const data = static_cast<const char*>(RTA_DATA(each));
        if (each->rta_type == IFA_FLAGS)
            std::memcpy(&flags, data, sizeof flags);
        if (each->rta_type == IFA_LOCAL || each->rta_type == IFA_ADDRESS
            || each->rta_type == IFA_BROADCAST)
            address.attributes.push_back({ each->rta_type, { data, data + RTA_PAYLOAD(each) } });
    }
    return address;
}

Result<std::vector<Address>> addressesOf(const Fd& socket, unsigned index)
{
    std::vector<Address> found;
    Message request(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg {});
    PL_TRY(ask(socket, request, [&](const nlmsghdr& part) {
        if (part.nlmsg_type != RTM_NEWADDR)
            return;
        std::uint32_t flags = 0;
        Address address = addressFrom(part, flags);
        if (address.header.ifa_index == index && isKept(address.header, flags))
            found.push_back(std::move(address));
    }));
    return found;
}

Result<void> moveOut(const Fd& socket, unsigned index, const Fd& space, const std::string& name)
{
    ifinfomsg link {};
    link.ifi_index = static_cast<int>(index);
    Message message(RTM_NEWLINK, NLM_F_ACK, link);
    const std::uint32_t fd = static_cast<std::uint32_t>(space.get());
    message.add(IFLA_NET_NS_FD, &fd, sizeof fd);
    message.add(IFLA_IFNAME, name.c_str(), name.size() + 1);
    return tell(socket, message);
}

Result<void> setUp(const Fd& socket, unsigned index, const std::vector<Address>& addresses)
{
    ifinfomsg link {};
    link.ifi_index = static_cast<int>(index);
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    for (const Address& address : addresses) {
        ifaddrmsg header = address.header;
        header.ifa_index = index;
        header.ifa_flags = IFA_F_PERMANENT;
        Message message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, header);
        for (const Attribute& each : address.attributes)
            message.add(each.type, each.value.data(), each.value.size());
        PL_TRY(tell(socket, message));
    }
    Message message(RTM_NEWLINK, NLM_F_ACK, link);
    return tell(socket, message);
}

/// A netlink socket of another network namespace, and the index of @p name there (0: no such one).
Result<Fd> openNetlinkIn(const Fd& space, const std::string& name, unsigned& index)
{
    PL_TRY(const auto own, openFile("/proc/self/ns/net", O_RDONLY));
    if (::setns(space.get(), CLONE_NEWNET) != 0)
        return errnoError(errno, "enter the container's network namespace");
    auto socket = openNetlink();
    index = ::if_nametoindex(name.c_str());
    if (::setns(own.get(), CLONE_NEWNET) != 0)
        return errnoError(errno, "return to the own network namespace");
    return socket;
}

Result<void> moveDevice(const oci::NetDevice& device, const Fd& space)
{
    const unsigned index = ::if_nametoindex(device.hostName.c_str());
    if (index == 0)
        return makeError(Errc::NotFound, "this host has no such device");
    PL_TRY(const auto here, openNetlink());
    PL_TRY(const auto addresses, addressesOf(here, index));
    PL_TRY(moveOut(here, index, space, device.name));
    unsigned indexThere = 0;
    PL_TRY(const auto there, openNetlinkIn(space, device.name, indexThere));
    if (indexThere == 0)
        return makeError(
            Errc::Internal, "it did not arrive in the container as '" + device.name + "'");
    return setUp(there, indexThere, addresses);
}

} // namespace

Result<void> moveNetDevices(const oci::LinuxConfig& config, pid_t pid)
{
    if (config.netDevices.empty())
        return success();
    const oci::Namespace* const network = config.findNamespace("network");
    const bool isJoined = network != nullptr && !network->path.empty();
    PL_TRY(const auto space,
        openFile(isJoined ? network->path : "/proc/" + std::to_string(pid) + "/ns/net", O_RDONLY));
    for (const oci::NetDevice& device : config.netDevices) {
        if (auto moved = moveDevice(device, space); !moved)
            return withContext(moved.error(), "network device '" + device.hostName + "'");
    }
    return success();
}

} // namespace portlight::runtime
