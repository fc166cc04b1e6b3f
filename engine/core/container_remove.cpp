#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/container_names.h"
#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

#include <csignal>

namespace portlight::core {

Task<void> ContainerService::remove(std::string reference, bool force, bool removesVolumes)
{
    PL_CO_TRY(auto container, find(reference));
    PL_CO_TRY(co_await shielded(m_parts.executor, removeLocked(container, force)));
    if (removesVolumes)
        co_await removeAnonymousVolumes(container->config);
    co_return success();
}

Task<void> ContainerService::removeLocked(ContainerPtr container, bool force)
{
    if (container->state.isActive()) {
        if (!force)
            co_return makeError(Errc::Conflict,
                "cannot remove container \"/" + container->name + "\": container is "
                    + std::string(statusName(container->state.status))
                    + ": stop the container before removing or force remove");
        // Before taking the turn: a stop that waits for its grace time need not be waited for.
        const auto killed = co_await killShielded(container, SIGKILL);
        if (!killed && container->state.isActive())
            co_return std::move(killed).error();
    }
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->isRemoved)
        co_return success(); // by somebody who was faster (auto-remove)
    if (container->state.isActive())
        co_return makeError(Errc::Conflict,
            "cannot remove container \"/" + container->name + "\": container is running");
    const auto before = container->state.status;
    container->state.status = RunStatus::Removing;
    auto removed = co_await removeFiles(container);
    if (!removed) {
        container->state.status = before;
        co_return removed;
    }
    m_dirty.erase(container->id);
    m_containers.erase(container->id);
    m_names.erase(container->name);
    container->isRemoved = true;
    for (const auto& weak : std::exchange(container->pendingAttaches, {}))
        if (const auto session = weak.lock())
            session->end();
    container->changed.notifyAll();
    publish(*container, "destroy");
    co_return success();
}

/// The row goes first: what is left after a crash in between has no owner and is collected.
Task<void> ContainerService::removeFiles(ContainerPtr container)
{
    auto work = [this, id = container->id, bundle = bundleOf(*container),
                    group = cgroupPathOf(*container),
                    state = m_parts.paths.containerState(container->id)]() -> Result<void> {
        PL_TRY(m_table.remove(id));
        m_parts.networks.awaitFreedPorts();
        for (const auto& directory : { bundle, state })
            if (const auto removed = removeTree(directory); !removed)
                log::warn("a removed container's directory is left for the next start to collect",
                    { { "container", id }, { "error", removed.error().message } });
        // The shim removed the group; after a lost shim it is still there.
        if (!group.empty())
            static_cast<void>(m_parts.cgroups.remove(group).has_value());
        return success();
    };
    co_return co_await offload(m_parts.pool, std::move(work));
}

asio::awaitable<void> ContainerService::removeByItself(ContainerPtr container)
{
    const auto removed = co_await removeLocked(container, false);
    if (removed)
        co_await removeAnonymousVolumes(container->config);
    else if (removed.error().code != Errc::Cancelled)
        log::warn("a container that removes itself could not be removed",
            { { "container", container->id }, { "error", removed.error().message } });
}

Task<void> ContainerService::rename(std::string reference, std::string name)
{
    PL_CO_TRY(auto container, find(reference));
    if (name.empty())
        co_return makeError(Errc::InvalidArgument, "Neither old nor new names may be empty");
    co_return co_await shielded(
        m_parts.executor, renameLocked(std::move(container), std::move(name)));
}

Task<void> ContainerService::renameLocked(ContainerPtr container, std::string name)
{
    PL_CO_TRY(const auto turn, co_await container->operation.lock());
    if (container->isRemoved)
        co_return makeError(Errc::NotFound, "No such container: " + container->name);
    PL_CO_TRY(auto fresh, checkedContainerName(name));
    if (fresh == container->name)
        co_return makeError(
            Errc::InvalidArgument, "Renaming a container with the same name as its current name");
    PL_CO_TRY(reserveName(fresh, container->id));
    auto write = [this, id = container->id, fresh] { return m_table.rename(id, fresh); };
    auto written = co_await offload(m_parts.pool, std::move(write));
    if (!written) {
        m_names.erase(fresh);
        co_return written;
    }
    const std::string old = std::exchange(container->name, fresh);
    m_names.erase(old);
    m_parts.networks.renamed(container, old);
    publish(*container, "rename", { { "oldName", "/" + old } });
    co_return success();
}

Task<PrunedContainers> ContainerService::prune(std::function<bool(const Container&)> isWanted)
{
    PrunedContainers pruned;
    for (const auto& container : list()) {
        if (container->state.isActive() || container->isRemoved || !isWanted(*container))
            continue;
        PL_CO_TRY(const auto bytes, co_await ownBytes(container));
        const auto removed = co_await shielded(m_parts.executor, removeLocked(container, false));
        if (!removed)
            continue; // it was started meanwhile
        pruned.ids.push_back(container->id);
        pruned.reclaimedBytes += bytes;
    }
    Event event;
    event.type = "container";
    event.action = "prune";
    event.attributes.emplace("reclaimed", std::to_string(pruned.reclaimedBytes));
    m_parts.events.publish(std::move(event));
    co_return pruned;
}

} // namespace portlight::core
