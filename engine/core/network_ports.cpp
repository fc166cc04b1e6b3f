#include "engine/core/network_service.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace portlight::core {

Task<std::vector<PublishedPort>> NetworkService::publishPort(
    ContainerPtr container, PortRequest request)
{
    const auto& endpoints = container->network.endpoints;
    const auto leads = [](const Endpoint& endpoint) {
        return !endpoint.isInternal && !endpoint.ipv4.isEmpty();
    };
    const auto at = std::ranges::find_if(endpoints, leads);
    if (at == endpoints.end())
        co_return makeError(Errc::Conflict,
            "container " + container->name
                + " is on no network that a port of the host could lead to; connect it to a bridge "
                  "network that is not internal");
    const auto& ports = container->network.ports;
    const auto target = ports.empty() ? at->ipv4 : ports.front().target;
    auto work = [this, request, target,
                    pid = container->state.pid]() -> Result<std::vector<PublishedPort>> {
        const Fd owner(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        if (!owner.isOpen())
            return errnoError(errno, "look for the container's process");
        m_endingForwarders.await();
        PL_TRY(auto opened, openPorts(request, target, m_parts.openHostPort));
        PL_TRY(
            core::startForwarder(m_parts.programDirectory + "/portlight-forwarder", opened, owner));
        std::vector<PublishedPort> made;
        for (const auto& port : opened)
            made.push_back(port.port);
        if (auto added = m_driver.addPorts(rulesFor(made)); !added) {
            m_endingForwarders.endAll(made);
            return std::move(added).error();
        }
        return made;
    };
    PL_CO_TRY(auto made, co_await offload(m_parts.pool, std::move(work)));
    if (!container->state.isRunning()) { // it has ended meanwhile, the forwarder with it
        auto undo = [this, rules = rulesFor(made)] { return m_driver.removePorts(rules); };
        PL_CO_TRY(co_await offload(m_parts.pool, std::move(undo)));
        co_return makeError(Errc::Conflict, "container " + container->name + " has ended");
    }
    auto& all = container->network.ports;
    all.insert(all.end(), made.begin(), made.end());
    co_return made;
}

Task<std::vector<PublishedPort>> NetworkService::unpublishPorts(
    ContainerPtr container, std::function<bool(const PublishedPort&)> isWanted)
{
    std::vector<PublishedPort> gone;
    auto& ports = container->network.ports;
    std::ranges::copy_if(ports, std::back_inserter(gone), isWanted);
    if (gone.empty())
        co_return gone;
    std::erase_if(ports, isWanted);
    auto work = [this, gone]() -> Result<void> {
        PL_TRY(m_driver.removePorts(rulesFor(gone)));
        for (const auto& port : gone) {
            PL_TRY(closePort(port));
        }
        return success();
    };
    PL_CO_TRY(co_await offload(m_parts.pool, std::move(work)));
    co_return gone;
}

} // namespace portlight::core
