#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/container_service.h"
#include "engine/core/network_files.h"
#include "engine/core/network_service.h"

#include <csignal>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace portlight::core {

namespace {

/// Tells the next engine; worthless after a reboot, so nothing is synced.
Result<void> saveNetwork(const std::string& state, const ContainerNetwork& network)
{
    const std::string path = state + "/network.json";
    {
        PL_TRY(const auto file, openFile(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0600));
        PL_TRY(writeAll(file, dumpJson(toJson(network))));
    }
    if (::rename((path + ".new").c_str(), path.c_str()) != 0)
        return errnoError(errno, "rename '" + path + "'");
    return success();
}

/// Adds or takes the lines of @p endpoint in a running container's hosts file.
Result<void> changeHostsFile(
    const std::string& bundle, const Endpoint& endpoint, const std::string& name)
{
    const std::string path = bundle + "/hosts";
    PL_TRY(auto text, readFile(path, 1U << 20U));
    text = changedHosts(text, endpoint.ipv4, name);
    text = changedHosts(text, endpoint.ipv6, endpoint.ipv6.isEmpty() ? "" : name);
    // In place: it is bound into the container.
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_TRUNC | O_NOFOLLOW));
    return writeAll(file, text);
}

/// Ends a shim that was just started, and what it may have started.
void endShim(const SpawnedShim& shim, const std::string& group, cgroup::Driver& cgroups)
{
    ::syscall(SYS_pidfd_send_signal, shim.pidFd.get(), SIGKILL, nullptr, 0);
    siginfo_t info {};
    ::waitid(P_PIDFD, static_cast<id_t>(shim.pidFd.get()), &info, WEXITED);
    if (!group.empty() && cgroups.kill(group))
        static_cast<void>(cgroups.remove(group).has_value());
}

} // namespace

/// The container whose network namespace @p container is to be in; none for most.
Task<ContainerPtr> ContainerService::networkSharer(const Container& container) const
{
    const auto& mode = container.config.host.networkMode;
    if (!mode.starts_with("container:"))
        co_return ContainerPtr();
    co_return find(mode.substr(mode.find(':') + 1));
}

/// Worker: network, files, shim, forwarder; nothing is left where one of them fails.
Result<SpawnedShim> ContainerService::startConnected(
    const BundleInput& input, bool isRestart, NetworkPlan& plan, const std::string& sharedBundle)
{
    const std::string state = m_parts.paths.containerState(input.id);
    const auto start = [&]() -> Result<SpawnedShim> {
        if (isRestart) {
            PL_TRY(refreshBundle(input));
        }
        PL_TRY(makeDirs(state));
        // What an earlier run left would be taken for this one's.
        for (const auto* name : { "/shim.json", "/shim.sock", "/network.json", "/exec-seed" })
            ::unlink((state + name).c_str());
        PL_TRY(auto prepared, m_parts.networks.prepare(plan));
        if (sharedBundle.empty()) {
            PL_TRY(writeNetworkFiles(input.bundle, input.config, plan));
        } else {
            PL_TRY(copyNetworkFiles(input.bundle, sharedBundle));
        }
        PL_TRY(auto spawned, spawnShim(m_parts.shimProgram, input.bundle, state, prepared.space));
        const auto finish = [&]() -> Result<void> {
            PL_TRY(m_parts.networks.serveNames(
                input.id, input.config, plan.network, prepared.space, spawned.pidFd));
            PL_TRY(m_parts.networks.startForwarder(
                plan.network, std::move(prepared.listeners), spawned.pidFd));
            return saveNetwork(state, plan.network);
        };
        if (auto finished = finish(); !finished) {
            endShim(spawned, input.cgroupsPath, m_parts.cgroups);
            return finished.error();
        }
        return spawned;
    };
    auto spawned = start();
    if (!spawned)
        m_parts.networks.undo(plan.network);
    return spawned;
}

void ContainerService::releaseNetwork(const ContainerPtr& container)
{
    m_parts.networks.release(*container, std::exchange(container->network, {}));
}

/// What an earlier engine gave to a container that still runs.
void ContainerService::readNetwork(const ContainerPtr& container)
{
    const auto read = [&]() -> Result<void> {
        PL_TRY(const auto text,
            readFile(m_parts.paths.containerState(container->id) + "/network.json", 1U << 24U));
        PL_TRY(const auto json, parseJson(text));
        PL_TRY(container->network, containerNetworkFromJson(json));
        return success();
    };
    if (const auto done = read(); !done && done.error().code != Errc::NotFound)
        log::error("a container's network is not known",
            { { "container", container->id }, { "error", done.error().message } });
}

Task<void> ContainerService::writeNetwork(ContainerPtr container)
{
    auto write = [state = m_parts.paths.containerState(container->id),
                     network = container->network] { return saveNetwork(state, network); };
    co_return co_await offload(m_parts.pool, std::move(write));
}

Task<void> ContainerService::writeConfig(ContainerPtr container)
{
    auto write = [this, row = toRow(*container)] {
        return m_table.updateConfig(row.id, row.config);
    };
    co_return co_await offload(m_parts.pool, std::move(write));
}

Task<void> ContainerService::connect(
    std::string reference, std::string network, EndpointRequest request)
{
    PL_CO_TRY(auto container, find(reference));
    auto work = connectLocked(std::move(container), std::move(network), std::move(request));
    co_return co_await shielded(m_parts.executor, std::move(work));
}

Task<void> ContainerService::connectLocked(
    ContainerPtr container, std::string network, EndpointRequest request)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    PL_CO_TRY(auto wanted, m_parts.networks.find(network));
    const auto& mode = container->config.host.networkMode;
    if (mode == "host" || mode == "none" || mode.starts_with("container:"))
        co_return makeError(Errc::InvalidArgument,
            "container cannot be connected to multiple networks with one of the networks in "
            "private (none), host or container mode");
    if (container->state.isRunning()) {
        PL_CO_TRY(co_await m_parts.networks.connect(container, wanted, request));
        const Endpoint* made = container->network.find(wanted->id);
        if (made != nullptr) {
            auto change = [bundle = bundleOf(*container), endpoint = *made,
                              config = container->config,
                              isNamed = container->network.usesNameServer]() -> Result<void> {
                if (isNamed) {
                    PL_TRY(useNameServer(bundle, config));
                }
                return changeHostsFile(bundle, endpoint, config.hostname);
            };
            PL_CO_TRY(co_await offload(m_parts.pool, std::move(change)));
        }
        PL_CO_TRY(co_await writeNetwork(container));
    }
    container->config.networks.insert_or_assign(wanted->name, std::move(request));
    co_return co_await writeConfig(container);
}

Task<void> ContainerService::disconnect(std::string reference, std::string network, bool force)
{
    PL_CO_TRY(auto container, find(reference));
    auto work = disconnectLocked(std::move(container), std::move(network), force);
    co_return co_await shielded(m_parts.executor, std::move(work));
}

Task<void> ContainerService::disconnectLocked(
    ContainerPtr container, std::string network, bool force)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    PL_CO_TRY(auto wanted, m_parts.networks.find(network));
    const Endpoint* had = container->network.find(wanted->id);
    const bool isRemembered = container->config.networks.erase(wanted->name) != 0
        || container->config.networks.erase(wanted->id) != 0;
    if (container->state.isRunning() && had != nullptr) {
        const Endpoint gone = *had;
        PL_CO_TRY(co_await m_parts.networks.disconnect(container, wanted));
        auto change = [bundle = bundleOf(*container), gone] {
            return changeHostsFile(bundle, gone, "");
        };
        PL_CO_TRY(co_await offload(m_parts.pool, std::move(change)));
        PL_CO_TRY(co_await writeNetwork(container));
    } else if (!isRemembered && !force) {
        co_return makeError(Errc::NotFound,
            "container " + container->id + " is not connected to network " + wanted->name);
    }
    co_return co_await writeConfig(container);
}

} // namespace portlight::core
