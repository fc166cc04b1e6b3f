#pragma once

#include "engine/base/async.h"
#include "engine/base/task_group.h"
#include "engine/core/container_config.h"
#include "engine/core/container_network.h"
#include "engine/names/name_client.h"
#include "engine/network/name_sockets.h"

#include <map>
#include <string>

namespace portlight::core {

/// Which running containers the engine's name server knows, so that one that was lost can be given
/// everything again. io thread, but what says "worker".
class ContainerNamesService {
public:
    ContainerNamesService(asio::any_io_executor executor, asio::thread_pool& pool,
        std::string stateDir, names::NameClient::StartServer startServer);

    /// Worker: a container that is about to start, by its namespace and a process that ends with
    /// it.
    Result<void> serve(const names::NamedContainer& container, const Fd& space, const Fd& process);
    /// It runs: it is restored where the name server is lost.
    void remember(names::NamedContainer container, pid_t pid);
    /// The names or addresses of one that runs have changed.
    void change(names::NamedContainer container);
    void forget(const std::string& id);
    /// Brings a name server of before to what is remembered.
    Task<void> restore();
    asio::awaitable<void> stop() { return m_tasks.stop(); }

private:
    struct Known {
        names::NamedContainer container;
        pid_t pid = 0;
    };
    void watch();
    asio::awaitable<void> watchServer();

    asio::any_io_executor m_executor;
    asio::thread_pool& m_pool;
    names::NameClient m_client;
    std::map<std::string, Known> m_known; ///< by container id
    bool m_isWatching = false;
    TaskGroup m_tasks;
};

/// What the name server is to know of a container; reads the host's resolv.conf.
names::NamedContainer namedContainer(
    const std::string& id, const ContainerConfig& config, const ContainerNetwork& network);

} // namespace portlight::core
