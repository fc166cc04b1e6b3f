#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

#include <algorithm>

namespace portlight::core {

namespace {

std::string keyOf(const PortRequest& request)
{
    return std::to_string(request.containerPort) + "/" + request.protocol;
}

bool isSamePort(const PortRequest& known, const PortRequest& wanted)
{
    return known.containerPort == wanted.containerPort && known.protocol == wanted.protocol
        && (wanted.hostAddress.isEmpty() || known.hostAddress == wanted.hostAddress)
        && (wanted.hostPort == 0 || known.hostPort == wanted.hostPort);
}

/// As inspect shows what was asked for.
Json bindingJson(const PortRequest& request)
{
    std::string port = request.hostPort == 0 ? "" : std::to_string(request.hostPort);
    if (request.lastHostPort > request.hostPort)
        port += "-" + std::to_string(request.lastHostPort);
    return Json { { "HostIp", request.hostAddress.isEmpty() ? "" : request.hostAddress.text() },
        { "HostPort", port } };
}

Result<void> checkMode(const Container& container)
{
    const auto& mode = container.config.host.networkMode;
    if (mode == "host" || mode == "none" || mode.starts_with("container:"))
        return makeError(Errc::Conflict,
            "ports of container " + container.name + " cannot be published: its network mode is '"
                + mode + "'");
    return success();
}

/// The configuration's ports as `HostConfig.PortBindings` has them.
Json bindingsOf(const std::vector<PortRequest>& ports)
{
    Json bindings = Json::object();
    for (const auto& port : ports)
        bindings[keyOf(port)].push_back(bindingJson(port));
    return bindings;
}

} // namespace

Task<std::vector<PublishedPort>> ContainerService::publishPort(
    std::string reference, PortRequest request)
{
    PL_CO_TRY(auto container, find(reference));
    auto work = publishPortLocked(std::move(container), std::move(request));
    co_return co_await shielded(m_parts.executor, std::move(work));
}

Task<std::vector<PublishedPort>> ContainerService::publishPortLocked(
    ContainerPtr container, PortRequest request)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    PL_CO_TRY(checkMode(*container));
    std::vector<PublishedPort> made;
    if (container->state.isRunning()) {
        PL_CO_TRY(made, co_await m_parts.networks.publishPort(container, request));
        PL_CO_TRY(co_await writeNetwork(container));
    }
    auto& host = container->config.host;
    host.ports.push_back(std::move(request));
    host.portBindings = bindingsOf(host.ports);
    PL_CO_TRY(co_await writeConfig(container));
    co_return made;
}

Task<void> ContainerService::unpublishPort(std::string reference, PortRequest request)
{
    PL_CO_TRY(auto container, find(reference));
    auto work = unpublishPortLocked(std::move(container), std::move(request));
    co_return co_await shielded(m_parts.executor, std::move(work));
}

Task<void> ContainerService::unpublishPortLocked(ContainerPtr container, PortRequest request)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    auto& host = container->config.host;
    const auto isPublished = [&](const PublishedPort& port) {
        return isSamePort(
            { port.containerPort, port.protocol, port.hostAddress, port.hostPort, port.hostPort },
            request);
    };
    const auto& open = container->network.ports;
    // A port that was left to the engine is known by its number only while it is open.
    const bool wasOpen = std::ranges::any_of(open, isPublished);
    const auto isAsked = [&](const PortRequest& port) {
        PortRequest any = port;
        if (port.hostPort == 0 && wasOpen)
            any.hostPort = request.hostPort;
        if (port.hostAddress.isEmpty())
            any.hostAddress = request.hostAddress;
        return isSamePort(any, request);
    };
    const auto asked = std::ranges::count_if(host.ports, isAsked);
    if (!wasOpen && asked == 0)
        co_return makeError(Errc::NotFound,
            "container " + container->name + " does not publish " + keyOf(request) + " so");
    if (container->state.isRunning()) {
        PL_CO_TRY(co_await m_parts.networks.unpublishPorts(container, isPublished));
        PL_CO_TRY(co_await writeNetwork(container));
    }
    std::erase_if(host.ports, isAsked);
    host.portBindings = bindingsOf(host.ports);
    co_return co_await writeConfig(container);
}

} // namespace portlight::core
