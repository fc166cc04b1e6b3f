#include "engine/core/container_names_service.h"

#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/network_files.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace portlight::core {

namespace {

std::string bytesOf(const network::IpAddress& address)
{
    return { reinterpret_cast<const char*>(address.data()), address.size() };
}

} // namespace

names::NamedContainer namedContainer(
    const std::string& id, const ContainerConfig& config, const ContainerNetwork& network)
{
    names::NamedContainer named;
    named.id = id;
    named.sandbox = network.sandboxId;
    named.servers = outsideResolver(config, hostResolver()).servers;
    named.reachesOutside = std::ranges::any_of(
        network.endpoints, [](const Endpoint& endpoint) { return !endpoint.isInternal; });
    for (const auto& endpoint : network.endpoints) {
        if (!endpoint.isUserDefined)
            continue;
        names::NamedEndpoint entry { endpoint.networkId, endpoint.networkName, {}, endpoint.names };
        for (const auto& address : { endpoint.ipv4, endpoint.ipv6 })
            if (!address.isEmpty())
                entry.addresses.push_back(bytesOf(address));
        named.endpoints.push_back(std::move(entry));
    }
    return named;
}

ContainerNamesService::ContainerNamesService(asio::any_io_executor executor,
    asio::thread_pool& pool, std::string stateDir, names::NameClient::StartServer startServer)
    : m_executor(executor)
    , m_pool(pool)
    , m_client(std::move(stateDir), std::move(startServer))
    , m_tasks(std::move(executor))
{
}

Result<void> ContainerNamesService::serve(
    const names::NamedContainer& container, const Fd& space, const Fd& process)
{
    PL_TRY(const auto sockets,
        network::openNameSockets(space, names::kServerAddress, names::kServerPort));
    return m_client.set(container, sockets.udp, sockets.tcp, process);
}

void ContainerNamesService::remember(names::NamedContainer container, pid_t pid)
{
    const std::string id = container.id;
    m_known.insert_or_assign(id, Known { std::move(container), pid });
    watch();
}

void ContainerNamesService::change(names::NamedContainer container)
{
    const auto known = m_known.find(container.id);
    if (known == m_known.end())
        return;
    known->second.container = container;
    auto task = [](ContainerNamesService& self, auto changed) -> asio::awaitable<void> {
        auto work = [&self, changed = std::move(changed)] { return self.m_client.set(changed); };
        const auto set = co_await offload(self.m_pool, std::move(work));
        if (!set)
            log::error(
                "a container's names were not changed", { { "error", set.error().message } });
    };
    m_tasks.spawn(task(*this, std::move(container)));
}

void ContainerNamesService::forget(const std::string& id)
{
    const auto known = m_known.find(id);
    if (known == m_known.end())
        return;
    auto task = [](ContainerNamesService& self, std::string gone,
                    std::string sandbox) -> asio::awaitable<void> {
        auto work = [&self, gone = std::move(gone), sandbox = std::move(sandbox)] {
            return self.m_client.remove(gone, sandbox);
        };
        // Where it fails the name server has gone, and so has what it knew.
        static_cast<void>((co_await offload(self.m_pool, std::move(work))).has_value());
    };
    m_tasks.spawn(task(*this, id, known->second.container.sandbox));
    m_known.erase(known);
}

Task<void> ContainerNamesService::restore()
{
    if (m_known.empty())
        co_return success();
    auto work = [this, known = m_known]() -> Result<void> {
        std::vector<std::string> ids;
        for (const auto& [id, entry] : known)
            ids.push_back(id);
        PL_TRY(const auto there, m_client.keep(ids));
        for (const auto& [id, entry] : known) {
            if (std::ranges::find(there, id) != there.end()) {
                PL_TRY(m_client.set(entry.container));
                continue;
            }
            const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, entry.pid, 0)));
            const auto space = openFile("/proc/" + std::to_string(entry.pid) + "/ns/net", O_RDONLY);
            if (!space || !process.isOpen())
                continue; // it has ended meanwhile
            if (const auto served = serve(entry.container, space.value(), process); !served)
                log::error("a container lost its name server",
                    { { "container", id }, { "error", served.error().message } });
        }
        return success();
    };
    PL_CO_TRY(co_await offload(m_pool, std::move(work)));
    watch();
    co_return success();
}

void ContainerNamesService::watch()
{
    if (std::exchange(m_isWatching, true))
        return;
    m_tasks.spawn(watchServer());
}

/// Until this service stops: starts another name server where one is lost.
asio::awaitable<void> ContainerNamesService::watchServer()
{
    auto connection = m_client.connection();
    if (!connection) { // after a restart: restore() makes one, and watches it
        m_isWatching = false;
        co_return;
    }
    asio::posix::stream_descriptor end(m_executor, connection.value().release());
    const auto [code] = co_await end.async_wait(asio::posix::stream_descriptor::wait_error, kAwait);
    if (code)
        co_return;
    m_isWatching = false;
    m_client.disconnect();
    if (m_known.empty())
        co_return;
    log::warn("the name server was lost; another one is started");
    if (const auto restored = co_await restore(); !restored)
        log::error("containers have no name server", { { "error", restored.error().message } });
}

} // namespace portlight::core
