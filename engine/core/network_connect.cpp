#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/network_service.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace portlight::core {

namespace {

std::string freeInterface(const ContainerNetwork& network)
{
    for (int number = 0;; ++number) {
        std::string name = "eth" + std::to_string(number);
        if (std::ranges::none_of(network.endpoints,
                [&](const Endpoint& endpoint) { return endpoint.interface == name; }))
            return name;
    }
}

Result<Fd> namespaceOf(pid_t pid)
{
    return openFile("/proc/" + std::to_string(pid) + "/ns/net", O_RDONLY);
}

/// Gives @p endpoint the default route, as the one that had it is gone.
Result<void> routeThrough(const Fd& space, const network::EndpointLink& link)
{
    return network::runInNamespace(space, [&]() -> Result<void> {
        PL_TRY(auto links, network::Links::open());
        PL_TRY(const auto found, links.find(link.interface.name));
        return found ? links.configure(found->index, link.interface) : success();
    });
}

} // namespace

Task<void> NetworkService::connect(
    ContainerPtr container, NetworkPtr network, EndpointRequest request)
{
    const auto& endpoints = container->network.endpoints;
    if (container->network.find(network->id) != nullptr)
        co_return makeError(Errc::Forbidden,
            "endpoint with name " + container->name + " already exists in network "
                + network->name);
    if (endpoints.empty() || endpoints.front().hostInterface.empty()
        || network->config.driver != "bridge")
        co_return makeError(Errc::InvalidArgument,
            "container cannot be connected to multiple networks with one of the networks in "
            "private (none), host or container mode");
    PL_CO_TRY(co_await ready(network));
    PL_CO_TRY(
        auto endpoint, reserveOn(network, *container, request, freeInterface(container->network)));
    const bool needsRoute =
        std::ranges::all_of(endpoints, [](const Endpoint& each) { return each.isInternal; });
    auto work = [this, link = linkOf(*network, endpoint, needsRoute),
                    pid = container->state.pid]() mutable -> Result<std::string> {
        PL_TRY(const auto space, namespaceOf(pid));
        PL_TRY(m_driver.attach(space, link));
        return link.hostName;
    };
    auto attached = co_await offload(m_parts.pool, std::move(work));
    if (!attached || !container->state.isRunning()) {
        releaseEndpoint(*container, endpoint);
        co_return attached
            ? makeError(Errc::Conflict, "container " + container->id + " is not running")
            : std::move(attached).error();
    }
    endpoint.hostInterface = std::move(attached).value();
    container->network.endpoints.push_back(std::move(endpoint));
    publish(*network, "connect", container->id);
    auto named = namedContainer(container->id, container->config, container->network);
    if (container->network.usesNameServer) {
        m_namesService.change(std::move(named));
    } else if (network->isUserDefined()) {
        auto serve = [this, named, pid = container->state.pid]() -> Result<void> {
            PL_TRY(const auto space, namespaceOf(pid));
            const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
            return m_namesService.serve(named, space, process);
        };
        PL_CO_TRY(co_await offload(m_parts.pool, std::move(serve)));
        container->network.usesNameServer = true;
        m_namesService.remember(std::move(named), container->state.pid);
    }
    co_return success();
}

Task<void> NetworkService::disconnect(ContainerPtr container, NetworkPtr network)
{
    auto& endpoints = container->network.endpoints;
    const auto at = std::ranges::find_if(
        endpoints, [&](const Endpoint& each) { return each.networkId == network->id; });
    if (at == endpoints.end() || network->config.driver != "bridge")
        co_return makeError(Errc::NotFound,
            "container " + container->id + " is not connected to network " + network->name);
    const Endpoint gone = *at;
    endpoints.erase(at);
    std::vector<PublishedPort> ports;
    if (!container->network.ports.empty() && container->network.ports.front().target == gone.ipv4) {
        m_endingForwarders.endAll(container->network.ports);
        ports = std::exchange(container->network.ports, {});
    }
    std::optional<network::EndpointLink> next;
    for (const auto& endpoint : endpoints) {
        const auto found = m_networks.find(endpoint.networkId);
        if (!next && !endpoint.isInternal && found != m_networks.end())
            next = linkOf(*found->second, endpoint, true);
    }
    auto work = [this, gone, next, rules = rulesFor(ports),
                    pid = container->state.pid]() -> Result<void> {
        PL_TRY(m_driver.removePorts(rules));
        PL_TRY(m_driver.detach(gone.hostInterface));
        if (!next)
            return success();
        PL_TRY(const auto space, namespaceOf(pid));
        return routeThrough(space, *next);
    };
    const auto done = co_await offload(m_parts.pool, std::move(work));
    releaseEndpoint(*container, gone);
    publish(*network, "disconnect", container->id);
    if (container->network.usesNameServer)
        m_namesService.change(namedContainer(container->id, container->config, container->network));
    if (!done && container->state.isRunning())
        co_return std::move(done).error();
    co_return success();
}

} // namespace portlight::core
