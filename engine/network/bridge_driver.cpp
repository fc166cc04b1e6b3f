#include "engine/network/bridge_driver.h"

#include "engine/base/syscalls.h"
#include "engine/network/forward_guard.h"

#include <algorithm>

namespace portlight::network {

namespace {

constexpr std::size_t kReadySandboxes = 3;

FirewallNetwork rulesOf(const BridgeNetwork& network)
{
    return { network.bridge, network.subnets, network.isInternal, network.masquerades };
}

void setIfPresent(const std::string& path, const char* value)
{
    static_cast<void>(writeExisting(path, value).has_value());
}

/// In the namespace of the bridge.
void setBridgeOptions(const std::string& bridge, bool hasV6)
{
    // A container must not be able to make itself the router of the host (CVE-2020-13401).
    const std::string v6 = "/proc/sys/net/ipv6/conf/" + bridge + "/";
    setIfPresent(v6 + "accept_ra", "0");
    setIfPresent(v6 + "disable_ipv6", hasV6 ? "0" : "1");
}

bool hasV6(const std::vector<InterfaceAddress>& addresses)
{
    return std::ranges::any_of(
        addresses, [](const InterfaceAddress& each) { return each.address.isV6(); });
}

/// Without it nothing leaves a bridge: the containers' packets are routed by this namespace.
Result<void> startForwarding(const BridgeNetwork& network, bool hasOwnNamespace)
{
    if (!hasOwnNamespace)
        return forwardFor(network.bridge, hasV6(network.gateways));
    setIfPresent("/proc/sys/net/ipv4/ip_forward", "1");
    if (hasV6(network.gateways))
        setIfPresent("/proc/sys/net/ipv6/conf/all/forwarding", "1");
    return success();
}

} // namespace

Result<void> BridgeDriver::open()
{
    if (m_pool)
        return success();
    PL_TRY(auto links, Links::open());
    m_links = std::make_unique<Links>(std::move(links));
    m_pool = std::make_unique<SandboxPool>(*m_links);
    return success();
}

Result<void> BridgeDriver::recover(
    const std::vector<BridgeNetwork>& inUse, const std::vector<PortRule>& ports)
{
    const std::lock_guard lock(m_mutex);
    PL_TRY(open());
    PL_TRY(const auto links, m_links->list());
    const std::string alias = "portlight " + m_options.tag;
    for (const auto& link : links) {
        const bool isUsed = std::ranges::any_of(
            inUse, [&](const BridgeNetwork& network) { return network.bridge == link.name; });
        if (link.alias != alias)
            continue;
        if (isUsed)
            m_bridges.emplace(link.name, link.index);
        else {
            PL_TRY(m_links->remove(link.name));
            endForwardingFor(link.name);
        }
    }
    PL_TRY(auto firewall, Firewall::open("portlight_" + m_options.tag, m_options.hasOwnNamespace));
    std::vector<FirewallNetwork> rules;
    for (const auto& network : inUse) {
        rules.push_back(rulesOf(network));
        if (m_bridges.contains(network.bridge))
            continue;
        PL_TRY(const int index, makeBridge(network));
        m_bridges.emplace(network.bridge, index);
    }
    if (inUse.empty())
        return firewall.removeTable();
    PL_TRY(firewall.reset(rules, ports));
    m_firewall = std::make_unique<Firewall>(std::move(firewall));
    return success();
}

Result<int> BridgeDriver::makeBridge(const BridgeNetwork& network)
{
    PL_TRY(const int index,
        m_links->makeBridge({ network.bridge, "portlight " + m_options.tag, network.mtu }));
    const auto finish = [&]() -> Result<void> {
        setBridgeOptions(network.bridge, hasV6(network.gateways));
        for (const auto& gateway : network.gateways) {
            PL_TRY(m_links->addAddress(index, gateway));
        }
        PL_TRY(m_links->setUp(index));
        return network.isInternal ? success() : startForwarding(network, m_options.hasOwnNamespace);
    };
    if (auto finished = finish(); !finished) {
        static_cast<void>(m_links->remove(network.bridge).has_value());
        return finished.error();
    }
    return index;
}

Result<void> BridgeDriver::ensure(const BridgeNetwork& network)
{
    const std::lock_guard lock(m_mutex);
    PL_TRY(open());
    if (m_bridges.contains(network.bridge))
        return success();
    if (!m_firewall) {
        PL_TRY(
            auto firewall, Firewall::open("portlight_" + m_options.tag, m_options.hasOwnNamespace));
        PL_TRY(firewall.reset({}, {}));
        m_firewall = std::make_unique<Firewall>(std::move(firewall));
    }
    PL_TRY(const int index, makeBridge(network));
    if (auto added = m_firewall->addNetwork(rulesOf(network)); !added) {
        static_cast<void>(m_links->remove(network.bridge).has_value());
        return added;
    }
    m_bridges.emplace(network.bridge, index);
    return success();
}

Result<void> BridgeDriver::remove(const BridgeNetwork& network)
{
    const std::lock_guard lock(m_mutex);
    if (m_bridges.erase(network.bridge) == 0)
        return success();
    PL_TRY(m_links->remove(network.bridge));
    endForwardingFor(network.bridge);
    return m_firewall->removeNetwork(rulesOf(network));
}

Result<void> BridgeDriver::removeAll()
{
    const std::lock_guard lock(m_mutex);
    m_pool.reset();
    for (const auto& [bridge, index] : std::exchange(m_bridges, {})) {
        PL_TRY(m_links->remove(bridge));
        endForwardingFor(bridge);
    }
    if (const auto firewall = std::exchange(m_firewall, nullptr))
        return firewall->removeTable();
    return success();
}

Result<Sandbox> BridgeDriver::takeSandbox(bool isBare)
{
    if (isBare)
        return SandboxPool::makeBare();
    const std::lock_guard lock(m_mutex);
    PL_TRY(open());
    return m_pool->take();
}

Result<void> BridgeDriver::refill()
{
    // One at a time, so that a start never waits for more than one being made.
    for (;;) {
        const std::lock_guard lock(m_mutex);
        PL_TRY(open());
        if (m_pool->size() >= kReadySandboxes)
            return success();
        PL_TRY(m_pool->fill(m_pool->size() + 1));
    }
}

Result<void> BridgeDriver::enslave(int index, const BridgeNetwork& network)
{
    const auto bridge = m_bridges.find(network.bridge);
    if (bridge == m_bridges.end())
        return makeError(Errc::NotFound, "bridge '" + network.bridge + "' is not there");
    return m_links->enslave(index, bridge->second, network.mtu, network.isolatesMembers);
}

Result<void> BridgeDriver::attach(Sandbox& sandbox, EndpointLink& link)
{
    if (sandbox.insideIndex == 0)
        return attach(sandbox.space, link);
    {
        const std::lock_guard lock(m_mutex);
        PL_TRY(enslave(sandbox.hostIndex, link.network));
    }
    if (hasV6(link.interface.addresses)) {
        PL_TRY(runInNamespace(sandbox.space, []() -> Result<void> {
            setIfPresent("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "0");
            return success();
        }));
    }
    PL_TRY(sandbox.inside->configure(std::exchange(sandbox.insideIndex, 0), link.interface));
    link.hostName = sandbox.hostName;
    return success();
}

Result<void> BridgeDriver::attach(const Fd& space, EndpointLink& link)
{
    const std::string name = newHostInterfaceName();
    {
        const std::lock_guard lock(m_mutex);
        PL_TRY(open());
        PL_TRY(m_links->makeVeth(name, link.interface.name, space));
        PL_TRY(const auto near, m_links->find(name));
        const auto enslaved =
            near ? enslave(near->index, link.network) : makeError(Errc::Internal, "pair is gone");
        if (!enslaved) {
            static_cast<void>(m_links->remove(name).has_value());
            return enslaved.error();
        }
    }
    const auto configured = runInNamespace(space, [&]() -> Result<void> {
        if (hasV6(link.interface.addresses))
            setIfPresent("/proc/sys/net/ipv6/conf/" + link.interface.name + "/disable_ipv6", "0");
        PL_TRY(auto inside, Links::open());
        PL_TRY(const auto far, inside.find(link.interface.name));
        if (!far)
            return makeError(Errc::Internal, "the container's interface is gone again");
        return inside.configure(far->index, link.interface);
    });
    if (!configured) {
        static_cast<void>(detach(name).has_value());
        return configured.error();
    }
    link.hostName = name;
    return success();
}

Result<void> BridgeDriver::detach(const std::string& hostName)
{
    const std::lock_guard lock(m_mutex);
    PL_TRY(open());
    return m_links->remove(hostName);
}

Result<void> BridgeDriver::addPorts(const std::vector<PortRule>& ports)
{
    const std::lock_guard lock(m_mutex);
    if (!m_firewall)
        return makeError(Errc::Internal, "ports before a network");
    return m_firewall->addPorts(ports);
}

Result<void> BridgeDriver::removePorts(const std::vector<PortRule>& ports)
{
    const std::lock_guard lock(m_mutex);
    return m_firewall ? m_firewall->removePorts(ports) : success();
}

Result<std::vector<IpPrefix>> BridgeDriver::usedSubnets()
{
    const std::lock_guard lock(m_mutex);
    PL_TRY(open());
    return m_links->routes();
}

} // namespace portlight::network
