#pragma once

#include "engine/base/async.h"
#include "engine/base/host_port.h"
#include "engine/base/task_group.h"
#include "engine/core/container_names_service.h"
#include "engine/core/container_network.h"
#include "engine/core/container_record.h"
#include "engine/core/event_bus.h"
#include "engine/core/network_config.h"
#include "engine/core/notifier.h"
#include "engine/core/published_ports.h"
#include "engine/network/address_pool.h"
#include "engine/network/bridge_driver.h"
#include "engine/store/network_table.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace portlight::core {

struct NetworkServiceParts {
    asio::any_io_executor executor; ///< the io thread
    asio::thread_pool& pool; ///< blocking work
    store::Database& database;
    EventBus& events;
    std::string tag; ///< names this engine's interfaces and rules: hex digits
    bool isRootless = false;
    std::string programDirectory; ///< holds portlight-forwarder
    std::string stateDir; ///< holds the name server's socket
    /// Listens on the host; rootless the launcher does it. Any thread.
    std::function<Result<Fd>(const HostPort&)> openHostPort;
    /// Starts the name server; rootless the launcher does it. Any thread.
    names::NameClient::StartServer startNames;
    /// Rootless: gives the engine's namespace a way out, once; empty as root. Blocking, any thread.
    std::function<Result<void>()> connectOutside {};
};

/// Somebody on a network, as `Containers` of inspect has it.
struct NetworkMember {
    std::string containerName;
    Endpoint endpoint;
};

struct Network {
    std::string id;
    std::string name;
    std::int64_t createdAtNs = 0;
    NetworkConfig config;
    bool isPredefined = false; ///< "bridge", "host", "none"
    bool isUp = false; ///< its bridge is there
    std::vector<network::AddressPool> pools; ///< as config.subnets
    std::map<std::string, NetworkMember> members; ///< running ones, by container id

    bool isUserDefined() const { return !isPredefined; }
};
using NetworkPtr = std::shared_ptr<Network>;

/// What a start needs of the network, decided on the io thread and then done by a worker.
struct NetworkPlan {
    enum class Kind { None, Host, Shared, Own };
    Kind kind = Kind::None;
    pid_t sharedPid = 0; ///< Shared: whose namespace
    ContainerNetwork network;
    std::vector<network::EndpointLink> links; ///< as network.endpoints
    std::vector<PortRequest> ports;
    network::IpAddress hostGateway; ///< what "host-gateway" stands for; may be empty
    bool isUserDefined = false; ///< names are served
    bool reachesOutside = true; ///< false: every network is internal
};

/// What prepare() made; the shim gets `space`, the forwarder the listeners.
struct PreparedNetwork {
    Fd space; ///< empty: the container makes none or stays in the engine's
    std::vector<OpenPort> listeners;
};

/// Networks from create to removal and who is on them. io thread, but what says "worker".
class NetworkService {
public:
    explicit NetworkService(NetworkServiceParts parts);

    /// Reads the networks and makes the predefined ones at the first start.
    Task<void> load();
    /// Takes over what containers of an earlier engine use; after load().
    Task<void> recover(std::vector<ContainerPtr> running);
    /// Leaves no interface or rule behind where nobody uses one.
    asio::awaitable<void> stopService();

    /// Why containers reach nothing outside; empty where they do or it was not tried yet.
    const std::string& outsideLack() const { return m_outsideLack; }

    /// By name, id or unique prefix. Errors: NotFound "network x not found".
    Result<NetworkPtr> find(const std::string& reference) const;
    std::vector<NetworkPtr> list() const; ///< oldest first
    /// The id. Errors: Conflict, Forbidden, as networkConfigFromJson.
    Task<std::string> create(Json body);
    Task<void> remove(std::string reference);
    /// The names of removed ones: user-defined, without members, accepted by @p isWanted.
    Task<std::vector<std::string>> prune(std::function<bool(const Network&)> isWanted);

    /// Takes addresses for a container that is about to start. @p find gives the container behind a
    /// reference, for "container:ID".
    Task<NetworkPlan> reserve(ContainerPtr container, ContainerPtr sharedWith);
    /// Gives back what reserve() or connect() took, and what the running container had.
    void release(const Container& container, const ContainerNetwork& network);
    /// One more network for a running container; completes container->network. Errors: Forbidden
    /// where it is on it already, Conflict where it has no network of its own.
    Task<void> connect(ContainerPtr container, NetworkPtr network, EndpointRequest request);
    /// Errors: NotFound where it is not on it.
    Task<void> disconnect(ContainerPtr container, NetworkPtr network);
    /// Publishes one more port of a running container. Errors: Conflict where no port can lead to
    /// it, Internal "port is already allocated".
    Task<std::vector<PublishedPort>> publishPort(ContainerPtr container, PortRequest request);
    /// Takes those of a running container's ports that @p isWanted accepts; connections go on.
    Task<std::vector<PublishedPort>> unpublishPorts(
        ContainerPtr container, std::function<bool(const PublishedPort&)> isWanted);
    /// A start is over: others are told, and namespaces are prepared for the next ones.
    void afterStart(const ContainerPtr& container);
    /// A container's name has changed from @p oldName.
    void renamed(const ContainerPtr& container, const std::string& oldName);

    /// Worker: makes everything that @p plan says and completes it. Nothing is left on failure.
    Result<PreparedNetwork> prepare(NetworkPlan& plan);
    /// Worker: starts what forwards the ports until the process behind @p shim ends.
    Result<void> startForwarder(
        ContainerNetwork& network, std::vector<OpenPort> listeners, const Fd& shim);
    /// Worker: lets the name server know a container that is about to start.
    Result<void> serveNames(const std::string& id, const ContainerConfig& config,
        const ContainerNetwork& network, const Fd& space, const Fd& shim);
    /// Worker: undoes prepare() after a failed start.
    void undo(const ContainerNetwork& network);
    /// Worker: returns once ports of containers that have ended are free again.
    void awaitFreedPorts() { m_endingForwarders.await(); }

private:
    Task<NetworkPtr> insert(Network made);
    Result<void> checkOverlap(const NetworkConfig& config) const;
    Task<void> chooseSubnets(NetworkPtr network);
    Task<NetworkPtr> ready(NetworkPtr network);
    Result<Endpoint> reserveOn(const NetworkPtr& network, const Container& container,
        const EndpointRequest& request, const std::string& interface);
    Result<std::vector<std::pair<NetworkPtr, EndpointRequest>>> wantedNetworks(
        const Container& container) const;
    network::EndpointLink linkOf(
        const Network& network, const Endpoint& endpoint, bool hasDefaultRoute) const;
    void releaseEndpoint(const Container& container, const Endpoint& endpoint);
    void publish(const Network& network, const std::string& action, const std::string& container);
    network::BridgeNetwork bridgeOf(const Network& network) const;
    std::vector<network::PortRule> rulesFor(const std::vector<PublishedPort>& ports) const;
    asio::awaitable<void> refillLater();
    asio::awaitable<void> connectOutside();

    NetworkServiceParts m_parts;
    store::NetworkTable m_table;
    network::BridgeDriver m_driver;
    EndingForwarders m_endingForwarders;
    ContainerNamesService m_namesService;
    std::map<std::string, NetworkPtr> m_networks; ///< by id
    std::map<std::string, std::string> m_names; ///< name to id, also of networks in the making
    AsyncMutex m_choosing; ///< subnets are chosen one after the other
    std::set<std::string> m_shared; ///< ids of containers whose namespace others are in
    bool m_isRefilling = false;
    bool m_hasAskedOutside = false;
    std::string m_outsideLack;
    TaskGroup m_tasks;
};

} // namespace portlight::core
