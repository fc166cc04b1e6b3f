#include "engine/core/network_service.h"

#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/timestamps.h"
#include "engine/core/resolver_config.h"

#include <algorithm>

namespace portlight::core {

using network::IpAddress;
using network::IpPrefix;

namespace {

Error notFound(const std::string& reference)
{
    return makeError(Errc::NotFound, "network " + reference.substr(0, 256) + " not found");
}

Result<void> checkNetworkName(const std::string& name)
{
    if (name.empty())
        return makeError(Errc::InvalidArgument, "invalid network name: it is empty");
    const bool isValid = name.size() <= 255 && std::ranges::all_of(name, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
            || (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' || letter == '-';
    });
    if (!isValid || name.front() == '.' || name.front() == '-')
        return makeError(Errc::InvalidArgument,
            "invalid network name '" + name.substr(0, 64)
                + "': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    return success();
}

bool isReserved(const std::string& name)
{
    return name == "bridge" || name == "host" || name == "none" || name == "default"
        || name == "container";
}

std::vector<network::AddressPool> poolsOf(const NetworkConfig& config)
{
    std::vector<network::AddressPool> pools;
    for (const auto& subnet : config.subnets) {
        auto& pool = pools.emplace_back(subnet.subnet, subnet.range, subnet.gateway);
        for (const auto& [name, address] : subnet.reserved)
            static_cast<void>(pool.take(address).has_value());
    }
    return pools;
}

store::NetworkRow rowOf(const Network& network)
{
    return { network.id, network.name, network.createdAtNs, dumpJson(toJson(network.config)) };
}

} // namespace

NetworkService::NetworkService(NetworkServiceParts parts)
    : m_parts(std::move(parts))
    , m_table(m_parts.database)
    , m_driver({ m_parts.tag, m_parts.isRootless })
    , m_namesService(m_parts.executor, m_parts.pool, m_parts.stateDir, m_parts.startNames)
    , m_choosing(m_parts.executor)
    , m_tasks(m_parts.executor)
{
}

Task<void> NetworkService::load()
{
    auto read = [this] { return m_table.list(); };
    PL_CO_TRY(const auto rows, co_await offload(m_parts.pool, std::move(read)));
    for (const auto& row : rows) {
        auto parsed = parseJson(row.config);
        auto config =
            parsed ? networkConfigFromJson(parsed.value()) : Result<NetworkConfig>(parsed.error());
        if (!config) {
            log::error("a network's row cannot be read",
                { { "network", row.id }, { "error", config.error().message } });
            m_names.emplace(row.name, row.id);
            continue;
        }
        auto network = std::make_shared<Network>();
        network->id = row.id;
        network->name = row.name;
        network->createdAtNs = row.createdAtNs;
        network->isPredefined = isReserved(row.name);
        network->config = std::move(config).value();
        network->pools = poolsOf(network->config);
        m_names.emplace(row.name, row.id);
        m_networks.emplace(row.id, std::move(network));
    }
    for (const auto& [name, driver] :
        { std::pair { "bridge", "bridge" }, { "host", "host" }, { "none", "null" } }) {
        if (m_names.contains(name))
            continue;
        Network made;
        made.name = name;
        made.isPredefined = true;
        made.config.driver = driver;
        made.config.hasChosenSubnets = true;
        PL_CO_TRY(co_await insert(std::move(made)));
    }
    co_return success();
}

Task<void> NetworkService::recover(std::vector<ContainerPtr> running)
{
    std::vector<network::PortRule> rules;
    for (const auto& container : running) {
        for (const auto& endpoint : container->network.endpoints) {
            const auto found = m_networks.find(endpoint.networkId);
            if (found == m_networks.end())
                continue;
            Network& network = *found->second;
            for (auto& pool : network.pools)
                for (const auto& address : { endpoint.ipv4, endpoint.ipv6 })
                    if (!address.isEmpty() && pool.subnet().contains(address))
                        static_cast<void>(pool.take(address).has_value());
            network.members.emplace(container->id, NetworkMember { container->name, endpoint });
            network.isUp = network.config.driver == "bridge";
        }
        if (const auto& mode = container->config.host.networkMode; mode.starts_with("container:"))
            m_shared.insert(mode.substr(mode.find(':') + 1));
        if (container->network.usesNameServer)
            m_namesService.remember(
                namedContainer(container->id, container->config, container->network),
                container->state.pid);
        const auto more = rulesFor(container->network.ports);
        rules.insert(rules.end(), more.begin(), more.end());
    }
    std::vector<network::BridgeNetwork> inUse;
    for (const auto& [id, network] : m_networks)
        if (network->isUp)
            inUse.push_back(bridgeOf(*network));
    const bool inUseIsEmpty = inUse.empty();
    auto work = [this, inUse = std::move(inUse), rules = std::move(rules)] {
        return m_driver.recover(inUse, rules);
    };
    const auto recovered = co_await offload(m_parts.pool, std::move(work));
    if (!recovered)
        log::error("networks were not recovered", { { "error", recovered.error().message } });
    if (const auto restored = co_await m_namesService.restore(); !restored)
        log::error("containers have no name server", { { "error", restored.error().message } });
    if (!inUseIsEmpty)
        m_tasks.spawn(connectOutside());
    co_return success();
}

asio::awaitable<void> NetworkService::stopService()
{
    co_await m_tasks.stop();
    co_await m_namesService.stop();
    const bool isUsed = std::ranges::any_of(m_networks, [](const auto& entry) {
        return entry.second->config.driver == "bridge" && !entry.second->members.empty();
    });
    if (isUsed)
        co_return;
    auto work = [this] { return m_driver.removeAll(); };
    if (const auto removed = co_await offload(m_parts.pool, std::move(work)); !removed)
        log::warn("bridges are left behind", { { "error", removed.error().message } });
}

Result<NetworkPtr> NetworkService::find(const std::string& reference) const
{
    const std::string& name = reference == "default" ? "bridge" : reference;
    if (name.empty())
        return notFound(reference);
    if (const auto named = m_names.find(name); named != m_names.end())
        if (const auto found = m_networks.find(named->second); found != m_networks.end())
            return found->second;
    auto at = m_networks.lower_bound(name);
    if (at == m_networks.end() || !at->first.starts_with(name))
        return notFound(reference);
    NetworkPtr only = at->second;
    if (only->id != name && ++at != m_networks.end() && at->first.starts_with(name))
        return makeError(Errc::InvalidArgument,
            "network " + reference + " is ambiguous (2 matches found on ID prefix)");
    return only;
}

std::vector<NetworkPtr> NetworkService::list() const
{
    std::vector<NetworkPtr> all;
    for (const auto& [id, network] : m_networks)
        all.push_back(network);
    std::ranges::sort(all, [](const NetworkPtr& left, const NetworkPtr& right) {
        return std::tie(left->createdAtNs, left->name) < std::tie(right->createdAtNs, right->name);
    });
    return all;
}

network::BridgeNetwork NetworkService::bridgeOf(const Network& network) const
{
    // What leaves a rootless engine goes through a user-mode stack that likes large packets.
    return bridgeNetworkOf(network.config, "br-" + std::string(shortId(network.id)),
        m_parts.isRootless ? 65520 : 1500);
}

Result<void> NetworkService::checkOverlap(const NetworkConfig& config) const
{
    for (const auto& subnet : config.subnets)
        for (const auto& [id, other] : m_networks)
            for (const auto& taken : other->config.subnets)
                if (taken.subnet.overlaps(subnet.subnet))
                    return makeError(Errc::Forbidden,
                        "invalid pool request: Pool overlaps with other one on this address "
                        "space: "
                            + subnet.subnet.text() + " with " + taken.subnet.text()
                            + " of network '" + other->name + "'");
    return success();
}

/// Fills in what was not asked for, clear of every network, route and name server that is known.
Task<void> NetworkService::chooseSubnets(NetworkPtr network)
{
    auto look = [this]() -> Result<std::vector<IpPrefix>> {
        PL_TRY(auto used, m_driver.usedSubnets());
        for (const auto& server : hostResolver().servers)
            if (const auto address = IpAddress::parse(server))
                used.emplace_back(address.value(), address.value().isV6() ? 128 : 32);
        return used;
    };
    PL_CO_TRY(auto used, co_await offload(m_parts.pool, std::move(look)));
    for (const auto& [id, other] : m_networks)
        if (other != network)
            for (const auto& subnet : other->config.subnets)
                used.push_back(subnet.subnet);
    const auto hasFamily = [&](bool isV6) {
        return std::ranges::any_of(network->config.subnets,
            [isV6](const SubnetConfig& subnet) { return subnet.subnet.address().isV6() == isV6; });
    };
    auto& subnets = network->config.subnets;
    if (!hasFamily(false)) {
        SubnetConfig chosen;
        PL_CO_TRY(chosen.subnet, network::chooseSubnet(false, used));
        subnets.insert(subnets.begin(), chosen);
    }
    if (network->config.hasV6 && !hasFamily(true)) {
        SubnetConfig chosen;
        PL_CO_TRY(chosen.subnet, network::chooseSubnet(true, used));
        subnets.push_back(chosen);
    }
    completeGateways(network->config);
    network->pools = poolsOf(network->config);
    co_return success();
}

/// A network whose bridge is there.
Task<NetworkPtr> NetworkService::ready(NetworkPtr network)
{
    if (network->config.driver != "bridge" || network->isUp)
        co_return network;
    PL_CO_TRY(const auto turn, co_await m_choosing.lock());
    if (network->isUp)
        co_return network;
    // A chosen subnet may have come into use elsewhere since: a VPN, another engine.
    if (network->config.hasChosenSubnets) {
        auto look = [this] { return m_driver.usedSubnets(); };
        PL_CO_TRY(const auto used, co_await offload(m_parts.pool, std::move(look)));
        const bool isTaken = std::ranges::any_of(network->config.subnets, [&](const auto& subnet) {
            return std::ranges::any_of(
                used, [&](const IpPrefix& route) { return route.overlaps(subnet.subnet); });
        });
        if (isTaken) {
            network->config.subnets.clear();
            PL_CO_TRY(co_await chooseSubnets(network));
            auto write = [this, row = rowOf(*network)] {
                return m_table.updateConfig(row.id, row.config);
            };
            PL_CO_TRY(co_await offload(m_parts.pool, std::move(write)));
        }
    }
    auto make = [this, bridge = bridgeOf(*network)] { return m_driver.ensure(bridge); };
    PL_CO_TRY(co_await offload(m_parts.pool, std::move(make)));
    network->isUp = true;
    co_return network;
}

Task<NetworkPtr> NetworkService::insert(Network made)
{
    auto network = std::make_shared<Network>(std::move(made));
    network->id = newId();
    network->createdAtNs = wallClockNs();
    if (!m_names.emplace(network->name, network->id).second)
        co_return makeError(
            Errc::Conflict, "network with name " + network->name + " already exists");
    auto finish = [this](NetworkPtr fresh) -> Task<void> {
        PL_CO_TRY(const auto turn, co_await m_choosing.lock());
        PL_CO_TRY(checkOverlap(fresh->config));
        if (fresh->config.driver == "bridge") {
            PL_CO_TRY(co_await chooseSubnets(fresh));
        }
        // Entered before it is written, so that nobody chooses the same subnet meanwhile.
        m_networks.emplace(fresh->id, fresh);
        auto write = [this, row = rowOf(*fresh)] { return m_table.insert(row); };
        co_return co_await offload(m_parts.pool, std::move(write));
    };
    auto finished = co_await finish(network);
    if (!finished) {
        m_networks.erase(network->id);
        m_names.erase(network->name);
        co_return std::move(finished).error();
    }
    co_return network;
}

Task<std::string> NetworkService::create(Json body)
{
    PL_CO_TRY(auto name, jsonString(body, "Name"));
    PL_CO_TRY(checkNetworkName(name));
    Network made;
    PL_CO_TRY(made.config, networkConfigFromJson(body));
    if (isReserved(name))
        co_return makeError(
            Errc::Forbidden, "operation is not permitted on predefined " + name + " network");
    const std::string driver = made.config.driver;
    if (driver == "host" || driver == "null" || driver == "none")
        co_return makeError(
            Errc::Forbidden, "only one instance of \"" + driver + "\" network is allowed");
    if (driver != "bridge")
        co_return makeError(Errc::NotFound,
            "could not find plugin " + driver.substr(0, 64) + " in v1 plugin registry: plugin \""
                + driver.substr(0, 64) + "\" not found; this engine offers the driver bridge");
    made.name = std::move(name);
    made.config.hasChosenSubnets = made.config.subnets.empty();
    auto work = insert(std::move(made));
    PL_CO_TRY(auto network, co_await shielded(m_parts.executor, std::move(work)));
    publish(*network, "create", "");
    co_return network->id;
}

Task<void> NetworkService::remove(std::string reference)
{
    PL_CO_TRY(auto network, find(reference));
    if (network->isPredefined)
        co_return makeError(
            Errc::Forbidden, network->name + " is a pre-defined network and cannot be removed");
    if (!network->members.empty()) {
        const auto& [id, member] = *network->members.begin();
        co_return makeError(Errc::Forbidden,
            "error while removing network: network " + network->name
                + " has active endpoints (name:\"" + member.containerName + "\" id:\""
                + std::string(shortId(id)) + "\")");
    }
    m_networks.erase(network->id); // nobody joins it any more
    auto work = [this, network, bridge = bridgeOf(*network)]() -> Result<void> {
        PL_TRY(m_table.remove(network->id));
        return m_driver.remove(bridge);
    };
    auto removed = co_await shielded(m_parts.executor, offload(m_parts.pool, std::move(work)));
    if (!removed) {
        m_networks.emplace(network->id, network);
        co_return removed;
    }
    m_names.erase(network->name);
    publish(*network, "destroy", "");
    co_return success();
}

Task<std::vector<std::string>> NetworkService::prune(std::function<bool(const Network&)> isWanted)
{
    std::vector<std::string> removed;
    for (const auto& network : list()) {
        if (network->isPredefined || !network->members.empty() || !isWanted(*network))
            continue;
        if (const auto gone = co_await remove(network->id))
            removed.push_back(network->name);
    }
    Event event;
    event.type = "network";
    event.action = "prune";
    event.attributes.emplace("reclaimed", "0");
    m_parts.events.publish(std::move(event));
    co_return removed;
}

void NetworkService::publish(
    const Network& network, const std::string& action, const std::string& container)
{
    Event event;
    event.type = "network";
    event.action = action;
    event.actorId = network.id;
    event.attributes.emplace("name", network.name);
    event.attributes.emplace("type", network.config.driver);
    if (!container.empty())
        event.attributes.emplace("container", container);
    m_parts.events.publish(std::move(event));
}

} // namespace portlight::core
