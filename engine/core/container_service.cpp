#include "engine/core/container_service.h"

#include "engine/base/log.h"

#include <algorithm>
#include <tuple>

namespace portlight::core {

ContainerService::ContainerService(ContainerServiceParts parts)
    : m_parts(std::move(parts))
    , m_table(m_parts.database)
    , m_watcher(m_parts.executor)
    , m_seccomp(m_parts.paths.dataRoot + "/seccomp")
    , m_tasks(m_parts.executor)
{
}

Result<ContainerPtr> ContainerService::find(const std::string& reference) const
{
    std::string name = reference;
    if (name.starts_with('/'))
        name.erase(0, 1);
    const auto unknown = makeError(Errc::NotFound, "No such container: " + reference);
    if (name.empty())
        return unknown;
    if (const auto exact = m_containers.find(name); exact != m_containers.end())
        return exact->second;
    if (const auto named = m_names.find(name); named != m_names.end()) {
        const auto owner = m_containers.find(named->second);
        if (owner == m_containers.end())
            return unknown; // still being made
        return owner->second;
    }
    auto at = m_containers.lower_bound(name);
    if (at == m_containers.end() || !at->first.starts_with(name))
        return unknown;
    ContainerPtr only = at->second;
    if (++at != m_containers.end() && at->first.starts_with(name))
        return makeError(
            Errc::InvalidArgument, "multiple IDs found with provided prefix: " + reference);
    return only;
}

std::vector<ContainerPtr> ContainerService::list() const
{
    std::vector<ContainerPtr> all;
    all.reserve(m_containers.size());
    for (const auto& [id, container] : m_containers)
        all.push_back(container);
    std::ranges::sort(all, [](const ContainerPtr& left, const ContainerPtr& right) {
        return std::tie(left->createdAtNs, left->id) > std::tie(right->createdAtNs, right->id);
    });
    return all;
}

std::string ContainerService::bundleOf(const Container& container) const
{
    return m_parts.paths.container(container.id);
}

std::string ContainerService::cgroupPathOf(const Container& container) const
{
    return m_parts.cgroups.layout() == cgroup::Layout::None ? "" : "/portlight/" + container.id;
}

Task<std::int64_t> ContainerService::ownBytes(ContainerPtr container)
{
    auto count = [upper = bundleOf(*container) + "/upper"]() -> Result<std::int64_t> {
        return directoryBytes(upper);
    };
    co_return co_await offload(m_parts.pool, std::move(count));
}

void ContainerService::publish(
    const Container& container, const std::string& action, std::map<std::string, std::string> more)
{
    Event event;
    event.type = "container";
    event.action = action;
    event.actorId = container.id;
    event.attributes = std::move(more);
    event.attributes.emplace("name", container.name);
    event.attributes.emplace("image", container.config.image);
    for (const auto& [label, value] : container.config.labels)
        event.attributes.emplace(label, value);
    m_parts.events.publish(std::move(event));
}

void ContainerService::markDirty(const Container& container)
{
    m_dirty.insert(container.id);
    if (m_isWriting)
        return;
    m_isWriting = true;
    m_tasks.spawn(writeStates());
}

// One writer, always with the newest states: starts and exits never wait for the disk, many at once
// share a transaction, and an older state cannot overtake a newer one.
asio::awaitable<void> ContainerService::writeStates()
{
    while (!m_dirty.empty()) {
        std::vector<std::pair<std::string, std::string>> states;
        for (const auto& id : std::exchange(m_dirty, {}))
            if (const auto found = m_containers.find(id); found != m_containers.end())
                states.emplace_back(id, dumpJson(toJson(found->second->state)));
        auto write = [this, states = std::move(states)] { return m_table.updateStates(states); };
        const auto written = co_await offload(m_parts.pool, std::move(write));
        if (!written)
            log::error(
                "container states were not written", { { "error", written.error().message } });
    }
    m_isWriting = false;
}

asio::awaitable<void> ContainerService::stopService()
{
    co_await m_tasks.stop();
    co_await writeStates();
}

} // namespace portlight::core
