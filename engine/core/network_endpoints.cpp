#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/network_service.h"

#include <algorithm>
#include <fcntl.h>

namespace portlight::core {

using network::IpAddress;

namespace {

void appendOnce(std::vector<std::string>& list, const std::string& word)
{
    if (!word.empty() && std::ranges::find(list, word) == list.end())
        list.push_back(word);
}

std::string nextInterface(const ContainerNetwork& network)
{
    for (int number = 0;; ++number) {
        std::string name = "eth" + std::to_string(number);
        if (std::ranges::none_of(network.endpoints,
                [&](const Endpoint& endpoint) { return endpoint.interface == name; }))
            return name;
    }
}

/// The endpoint that the default route goes through; endpoints.size() where there is none.
std::size_t gatewayEndpoint(
    const std::vector<Endpoint>& endpoints, const std::vector<EndpointRequest>& requests)
{
    std::size_t best = endpoints.size();
    for (std::size_t at = 0; at < endpoints.size(); ++at) {
        if (endpoints[at].isInternal)
            continue;
        if (best == endpoints.size()
            || requests[at].gatewayPriority > requests[best].gatewayPriority)
            best = at;
    }
    return best;
}

Result<void> checkRequest(const Network& network, const EndpointRequest& request)
{
    const bool asksForAddress = !request.ipv4.isEmpty() || !request.ipv6.isEmpty();
    if (!network.isUserDefined() && asksForAddress)
        return makeError(Errc::InvalidArgument,
            "user specified IP address is supported on user defined networks only");
    if (!network.isUserDefined() && !request.aliases.empty())
        return makeError(Errc::InvalidArgument,
            "network-scoped alias is supported only for containers in user defined networks");
    if (asksForAddress && network.config.hasChosenSubnets)
        return makeError(Errc::InvalidArgument,
            "user specified IP address is supported only when connecting to networks with user "
            "configured subnets");
    if (!request.ipv6.isEmpty() && !network.config.hasV6)
        return makeError(Errc::InvalidArgument,
            "network " + network.name + " has no IPv6: create it with EnableIPv6");
    return success();
}

Result<IpAddress> takeAddress(network::AddressPool& pool, const IpAddress& wanted)
{
    if (wanted.isEmpty())
        return pool.take();
    auto taken = pool.take(wanted);
    if (taken)
        return wanted;
    Error error = taken.error();
    if (error.code == Errc::Conflict)
        error.message = "Address already in use: " + error.message;
    return error;
}

} // namespace

Result<std::vector<std::pair<NetworkPtr, EndpointRequest>>> NetworkService::wantedNetworks(
    const Container& container) const
{
    std::vector<std::pair<NetworkPtr, EndpointRequest>> wanted;
    PL_TRY(auto first, find(container.config.host.networkMode));
    wanted.emplace_back(std::move(first), EndpointRequest());
    for (const auto& [reference, request] : container.config.networks) {
        PL_TRY(auto network, find(reference));
        const auto known =
            std::ranges::find_if(wanted, [&](const auto& entry) { return entry.first == network; });
        if (known != wanted.end())
            known->second = request;
        else if (network->config.driver == "bridge")
            wanted.emplace_back(std::move(network), request);
        else
            return makeError(Errc::InvalidArgument,
                "container cannot be connected to the " + network->name
                    + " network besides another one");
    }
    return wanted;
}

Result<Endpoint> NetworkService::reserveOn(const NetworkPtr& network, const Container& container,
    const EndpointRequest& request, const std::string& interface)
{
    PL_TRY(checkRequest(*network, request));
    Endpoint endpoint;
    endpoint.networkId = network->id;
    endpoint.networkName = network->name;
    endpoint.endpointId = newId();
    endpoint.isUserDefined = network->isUserDefined();
    endpoint.isInternal = network->config.isInternal;
    endpoint.interface = interface;
    for (auto& pool : network->pools) {
        const bool isV6 = pool.subnet().address().isV6();
        auto address = takeAddress(pool, isV6 ? request.ipv6 : request.ipv4);
        if (!address) {
            releaseEndpoint(container, endpoint);
            return address.error();
        }
        (isV6 ? endpoint.ipv6 : endpoint.ipv4) = address.value();
        (isV6 ? endpoint.length6 : endpoint.length4) = pool.subnet().length();
        if (!network->config.isInternal)
            (isV6 ? endpoint.gateway6 : endpoint.gateway4) = pool.gateway();
    }
    endpoint.mac = request.mac.empty() ? network::makeMac(endpoint.ipv4) : request.mac;
    appendOnce(endpoint.names, container.name);
    for (const auto& alias : request.aliases)
        appendOnce(endpoint.names, alias);
    appendOnce(endpoint.names, std::string(shortId(container.id)));
    appendOnce(endpoint.names, container.config.hostname);
    network->members.insert_or_assign(container.id, NetworkMember { container.name, endpoint });
    return endpoint;
}

network::EndpointLink NetworkService::linkOf(
    const Network& network, const Endpoint& endpoint, bool hasDefaultRoute) const
{
    network::EndpointLink link;
    link.network = bridgeOf(network);
    link.interface.name = endpoint.interface;
    link.interface.mac = endpoint.mac;
    link.interface.mtu = link.network.mtu;
    link.interface.addresses.push_back({ endpoint.ipv4, endpoint.length4 });
    if (!endpoint.ipv6.isEmpty())
        link.interface.addresses.push_back({ endpoint.ipv6, endpoint.length6 });
    for (const auto& gateway : { endpoint.gateway4, endpoint.gateway6 })
        if (hasDefaultRoute && !gateway.isEmpty())
            link.interface.gateways.push_back(gateway);
    return link;
}

Task<NetworkPlan> NetworkService::reserve(ContainerPtr container, ContainerPtr sharedWith)
{
    NetworkPlan plan;
    plan.network.sandboxId = newId();
    const HostConfig& host = container->config.host;
    if (sharedWith) {
        if (!sharedWith->state.isRunning() || sharedWith->state.pid <= 0)
            co_return makeError(Errc::Conflict,
                "cannot join network of a non running container: " + sharedWith->id);
        plan.kind = NetworkPlan::Kind::Shared;
        plan.sharedPid = sharedWith->state.pid;
        plan.network.sandboxId = sharedWith->network.sandboxId;
        co_return plan;
    }
    PL_CO_TRY(const auto wanted, wantedNetworks(*container));
    for (const auto& [network, request] : wanted) {
        PL_CO_TRY(co_await ready(network));
    }
    if (const auto bridge = find("bridge"); bridge && !bridge.value()->pools.empty())
        plan.hostGateway = bridge.value()->pools.front().gateway();
    const NetworkPtr& first = wanted.front().first;
    plan.kind = first->config.driver == "bridge" ? NetworkPlan::Kind::Own
        : first->config.driver == "host"         ? NetworkPlan::Kind::Host
                                                 : NetworkPlan::Kind::None;
    if (plan.kind != NetworkPlan::Kind::Own && wanted.size() > 1)
        co_return makeError(Errc::InvalidArgument,
            "container cannot be connected to multiple networks with one of the networks in "
                + std::string(first->name == "none" ? "private (none)" : "host") + " mode");
    // From here on nothing suspends: addresses are either all taken or given back.
    std::vector<EndpointRequest> requests;
    for (const auto& [network, request] : wanted) {
        const bool isBridge = network->config.driver == "bridge";
        auto endpoint = reserveOn(
            network, *container, request, isBridge ? nextInterface(plan.network) : std::string());
        if (!endpoint) {
            for (const auto& taken : plan.network.endpoints)
                releaseEndpoint(*container, taken);
            co_return std::move(endpoint).error();
        }
        plan.network.endpoints.push_back(std::move(endpoint).value());
        requests.push_back(request);
    }
    if (plan.kind != NetworkPlan::Kind::Own)
        co_return plan;
    const auto& endpoints = plan.network.endpoints;
    const std::size_t gateway = gatewayEndpoint(endpoints, requests);
    for (std::size_t at = 0; at < endpoints.size(); ++at) {
        plan.links.push_back(linkOf(*wanted[at].first, endpoints[at], at == gateway));
        plan.isUserDefined = plan.isUserDefined || endpoints[at].isUserDefined;
    }
    plan.reachesOutside = gateway < endpoints.size();
    plan.ports = host.ports;
    if (host.publishesAllPorts)
        for (const auto& exposed : container->config.exposedPorts) {
            PL_CO_TRY(const auto port, portFromText(exposed));
            const bool isNamed = std::ranges::any_of(host.ports, [&](const PortRequest& each) {
                return each.containerPort == port.containerPort && each.protocol == port.protocol;
            });
            if (!isNamed)
                plan.ports.push_back(port);
        }
    if (gateway < endpoints.size() && gateway != 0) {
        // Ports lead to the network that the way out leads through.
        std::swap(plan.links.front(), plan.links[gateway]);
        std::swap(plan.network.endpoints.front(), plan.network.endpoints[gateway]);
    }
    co_return plan;
}

void NetworkService::releaseEndpoint(const Container& container, const Endpoint& endpoint)
{
    const auto found = m_networks.find(endpoint.networkId);
    if (found == m_networks.end())
        return;
    Network& network = *found->second;
    for (auto& pool : network.pools)
        for (const auto& address : { endpoint.ipv4, endpoint.ipv6 })
            if (!address.isEmpty() && pool.subnet().contains(address))
                pool.release(address);
    const auto member = network.members.find(container.id);
    if (member != network.members.end()
        && member->second.endpoint.endpointId == endpoint.endpointId)
        network.members.erase(member);
}

void NetworkService::release(const Container& container, const ContainerNetwork& network)
{
    for (const auto& endpoint : network.endpoints) {
        releaseEndpoint(container, endpoint);
        if (const auto found = m_networks.find(endpoint.networkId); found != m_networks.end())
            publish(*found->second, "disconnect", container.id);
    }
    m_endingForwarders.endAll(network.ports);
    m_namesService.forget(container.id);
    if (network.endpoints.empty())
        return;
    // The pair goes with the container's namespace; another container may still be in that.
    const bool isShared = m_shared.erase(container.id) != 0;
    auto rules = rulesFor(network.ports);
    if (rules.empty() && !isShared)
        return;
    auto work = [this, rules = std::move(rules), isShared,
                    endpoints = network.endpoints]() -> Result<void> {
        auto removed = m_driver.removePorts(rules);
        for (const auto& endpoint : endpoints)
            if (isShared && !endpoint.hostInterface.empty()) {
                PL_TRY(m_driver.detach(endpoint.hostInterface));
            }
        return removed;
    };
    auto task = [](NetworkService& self, auto inner) -> asio::awaitable<void> {
        const auto done = co_await offload(self.m_parts.pool, std::move(inner));
        if (!done)
            log::error(
                "a container's ports were not taken back", { { "error", done.error().message } });
    };
    m_tasks.spawn(task(*this, std::move(work)));
}

void NetworkService::renamed(const ContainerPtr& container, const std::string& oldName)
{
    for (auto& endpoint : container->network.endpoints)
        std::ranges::replace(endpoint.names, oldName, container->name);
    for (auto& [id, network] : m_networks) {
        const auto member = network->members.find(container->id);
        if (member == network->members.end())
            continue;
        member->second.containerName = container->name;
        if (const Endpoint* endpoint = container->network.find(id))
            member->second.endpoint = *endpoint;
    }
    if (container->network.usesNameServer)
        m_namesService.change(namedContainer(container->id, container->config, container->network));
}

Result<PreparedNetwork> NetworkService::prepare(NetworkPlan& plan)
{
    PreparedNetwork prepared;
    if (plan.kind == NetworkPlan::Kind::Shared) {
        PL_TRY(prepared.space,
            openFile("/proc/" + std::to_string(plan.sharedPid) + "/ns/net", O_RDONLY));
        return prepared;
    }
    if (plan.kind != NetworkPlan::Kind::Own)
        return prepared;
    PL_TRY(auto sandbox, m_driver.takeSandbox(plan.links.empty()));
    for (std::size_t at = 0; at < plan.links.size(); ++at) {
        PL_TRY(m_driver.attach(sandbox, plan.links[at]));
        plan.network.endpoints[at].hostInterface = plan.links[at].hostName;
    }
    prepared.space = std::move(sandbox.space);
    if (plan.ports.empty())
        return prepared;
    m_endingForwarders.await();
    for (const auto& request : plan.ports) {
        PL_TRY(auto opened,
            openPorts(request, plan.network.endpoints.front().ipv4, m_parts.openHostPort));
        for (auto& port : opened) {
            plan.network.ports.push_back(port.port);
            prepared.listeners.push_back(std::move(port));
        }
    }
    PL_TRY(m_driver.addPorts(rulesFor(plan.network.ports)));
    return prepared;
}

Result<void> NetworkService::startForwarder(
    ContainerNetwork& network, std::vector<OpenPort> listeners, const Fd& shim)
{
    if (listeners.empty())
        return success();
    PL_TRY(
        core::startForwarder(m_parts.programDirectory + "/portlight-forwarder", listeners, shim));
    for (std::size_t at = 0; at < listeners.size(); ++at)
        network.ports[at] = listeners[at].port;
    return success();
}

Result<void> NetworkService::serveNames(const std::string& id, const ContainerConfig& config,
    const ContainerNetwork& network, const Fd& space, const Fd& shim)
{
    if (!network.usesNameServer)
        return success();
    return m_namesService.serve(namedContainer(id, config, network), space, shim);
}

void NetworkService::undo(const ContainerNetwork& network)
{
    m_endingForwarders.endAll(network.ports);
    // Rules may be there or not: the elements that are not are an error that nobody needs.
    for (const auto& rule : rulesFor(network.ports))
        static_cast<void>(m_driver.removePorts({ rule }).has_value());
}

/// Rootless nothing comes in but through the forwarder.
std::vector<network::PortRule> NetworkService::rulesFor(
    const std::vector<PublishedPort>& ports) const
{
    return m_parts.isRootless ? std::vector<network::PortRule>() : rulesOf(ports);
}

void NetworkService::afterStart(const ContainerPtr& container)
{
    for (const auto& endpoint : container->network.endpoints)
        if (const auto found = m_networks.find(endpoint.networkId); found != m_networks.end())
            publish(*found->second, "connect", container->id);
    const auto& mode = container->config.host.networkMode;
    if (mode.starts_with("container:"))
        m_shared.insert(mode.substr(mode.find(':') + 1));
    if (container->network.usesNameServer)
        m_namesService.remember(
            namedContainer(container->id, container->config, container->network),
            container->state.pid);
    const bool hasPair = !container->network.endpoints.empty()
        && !container->network.endpoints.front().hostInterface.empty();
    if (!hasPair)
        return;
    if (!std::exchange(m_hasAskedOutside, true))
        m_tasks.spawn(connectOutside());
    if (!std::exchange(m_isRefilling, true))
        m_tasks.spawn(refillLater());
}

/// Rootless: once somebody is there who may want to get out.
asio::awaitable<void> NetworkService::connectOutside()
{
    m_hasAskedOutside = true;
    if (!m_parts.connectOutside)
        co_return;
    auto work = [connect = m_parts.connectOutside] { return connect(); };
    const auto connected = co_await offload(m_parts.pool, std::move(work));
    m_outsideLack = connected ? std::string() : connected.error().message;
    if (!connected)
        log::warn("no way out for containers", { { "error", m_outsideLack } });
    m_hasAskedOutside = connected.has_value(); // the next start tries again
}

asio::awaitable<void> NetworkService::refillLater()
{
    auto work = [this] { return m_driver.refill(); };
    const auto filled = co_await offload(m_parts.pool, std::move(work));
    m_isRefilling = false;
    if (!filled)
        log::warn("no network namespaces were prepared", { { "error", filled.error().message } });
}

} // namespace portlight::core
