#pragma once

#include "engine/network/netlink.h"

#include <optional>
#include <string>
#include <vector>

namespace portlight::network {

struct Link {
    int index = 0;
    std::string name;
    std::string alias; ///< what we mark our own with
    std::string mac; ///< "02:42:ac:11:00:02"
    unsigned mtu = 0;
};

struct BridgeSpec {
    std::string name;
    std::string alias;
    unsigned mtu = 1500;
};

/// An address with the length of its subnet.
struct InterfaceAddress {
    IpAddress address;
    unsigned length = 0;
};

/// What one interface of a container is given when it is switched on.
struct InterfaceSpec {
    std::string name; ///< "eth0"
    std::string mac; ///< empty: as it is
    unsigned mtu = 1500;
    std::vector<InterfaceAddress> addresses;
    std::vector<IpAddress> gateways; ///< one default route each
};

/// Interfaces, addresses and routes of one network namespace; rtnetlink(7). One thread at a time.
class Links {
public:
    /// Of the namespace that the calling thread is in.
    static Result<Links> open();

    /// nullopt where there is none of that name.
    Result<std::optional<Link>> find(const std::string& name);
    Result<std::vector<Link>> list();
    /// Makes the bridge and gives its index. Errors: Conflict where the name is taken.
    Result<int> makeBridge(const BridgeSpec& spec);
    /// A pair whose far end is made in @p farNamespace, as @p farName; both are down.
    Result<void> makeVeth(
        const std::string& name, const std::string& farName, const Fd& farNamespace);
    /// Puts a veth on a bridge and switches it on. @p isIsolated: it reaches no other such port.
    Result<void> enslave(int index, int bridge, unsigned mtu, bool isIsolated);
    Result<void> setUp(int index);
    Result<void> addAddress(int index, const InterfaceAddress& address);
    /// Names and addresses an interface, switches it on and sets its default routes.
    Result<void> configure(int index, const InterfaceSpec& spec);
    /// Names and moves an interface to another namespace.
    Result<void> move(int index, const std::string& name, const Fd& target);
    Result<void> rename(int index, const std::string& name);
    /// A missing one is success.
    Result<void> remove(const std::string& name);
    /// Destinations of the main table's routes but the default ones.
    Result<std::vector<IpPrefix>> routes();

private:
    explicit Links(NetlinkSocket socket)
        : m_socket(std::move(socket))
    {
    }
    NetlinkSocket m_socket;
};

/// "02:42:ac:11:00:02" to bytes. Errors: InvalidArgument.
Result<std::array<std::uint8_t, 6>> parseMac(const std::string& text);
/// A locally administered address made of an IPv4 address, as docker does, or random without.
std::string makeMac(const IpAddress& address);

} // namespace portlight::network
