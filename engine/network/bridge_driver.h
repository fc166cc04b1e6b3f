#pragma once

#include "engine/network/firewall.h"
#include "engine/network/sandbox_pool.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace portlight::network {

/// One bridge network as the kernel is to have it.
struct BridgeNetwork {
    std::string bridge; ///< name of the interface
    std::vector<IpPrefix> subnets;
    std::vector<InterfaceAddress> gateways; ///< the bridge's own addresses
    unsigned mtu = 1500;
    bool isInternal = false;
    bool masquerades = true;
    bool isolatesMembers = false; ///< com.docker.network.bridge.enable_icc=false
};

/// What one container gets on one network.
struct EndpointLink {
    BridgeNetwork network;
    InterfaceSpec interface; ///< name, MAC, addresses, default routes
    std::string hostName; ///< of the near end; filled in when it is made
};

/// The kernel's part of bridge networks: bridges, pairs and rules of one engine, in the network
/// namespace of the process. Made when first needed; thread-safe, blocking.
class BridgeDriver {
public:
    struct Options {
        std::string tag; ///< names this engine's things: hex digits
        /// The namespace is the engine's alone (rootless): it may set more there.
        bool hasOwnNamespace = false;
    };
    explicit BridgeDriver(Options options)
        : m_options(std::move(options))
    {
    }

    /// After a restart: what containers of an earlier engine use stays or comes back as @p inUse
    /// and @p ports say, other bridges and rules with this engine's tag go.
    Result<void> recover(
        const std::vector<BridgeNetwork>& inUse, const std::vector<PortRule>& ports);
    /// Makes the bridge with its rules where it is not there yet. Errors: Conflict where another
    /// interface has its name.
    Result<void> ensure(const BridgeNetwork& network);
    /// Also a bridge that is not there.
    Result<void> remove(const BridgeNetwork& network);
    /// Removes every bridge and rule: nothing of this engine is left in the namespace.
    Result<void> removeAll();

    /// A namespace for a container, with a pair unless @p isBare.
    Result<Sandbox> takeSandbox(bool isBare);
    /// Prepares namespaces ahead of need.
    Result<void> refill();
    /// Connects the sandbox's prepared pair, or a new one once that is used.
    Result<void> attach(Sandbox& sandbox, EndpointLink& link);
    /// Connects a namespace that is in use.
    Result<void> attach(const Fd& space, EndpointLink& link);
    /// Removes a pair; a missing one is success.
    Result<void> detach(const std::string& hostName);

    Result<void> addPorts(const std::vector<PortRule>& ports);
    Result<void> removePorts(const std::vector<PortRule>& ports);
    /// Networks that the namespace's routes lead to.
    Result<std::vector<IpPrefix>> usedSubnets();

private:
    Result<void> open();
    Result<int> makeBridge(const BridgeNetwork& network);
    Result<void> enslave(int index, const BridgeNetwork& network);

    Options m_options;
    std::mutex m_mutex;
    std::unique_ptr<Links> m_links;
    std::unique_ptr<Firewall> m_firewall;
    std::unique_ptr<SandboxPool> m_pool;
    std::map<std::string, int> m_bridges; ///< name to index, with rules in place
};

} // namespace portlight::network
