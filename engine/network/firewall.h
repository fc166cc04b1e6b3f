#pragma once

#include "engine/base/result.h"
#include "engine/network/ip_address.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct nft_ctx;

namespace portlight::network {

/// What the rules need to know of one bridge.
struct FirewallNetwork {
    std::string bridge;
    std::vector<IpPrefix> subnets;
    bool isInternal = false;
    bool masquerades = true;
};

/// A host port that leads to a container, for what comes from other hosts; IPv4.
struct PortRule {
    std::string protocol; ///< "tcp" or "udp"
    IpAddress hostAddress; ///< empty: every address of the host
    std::uint16_t hostPort = 0;
    IpAddress target;
    std::uint16_t targetPort = 0;
    bool operator==(const PortRule&) const = default;
};

/// The engine's rules in an nftables table of its own, changed by elements of sets and maps, in the
/// network namespace that the process is in. One thread at a time. nft(8), libnftables(3).
class Firewall {
public:
    /// @p tableName is this engine's own. @p dropsAllInvalid: the namespace is the engine's too, so
    /// what connection tracking calls invalid is dropped everywhere (an old pasta sends segments
    /// without TCP flags, which would be answered with a reset).
    static Result<Firewall> open(std::string tableName, bool dropsAllInvalid);

    /// Makes the table as these networks and ports need it, replacing what is there in one
    /// transaction.
    Result<void> reset(
        const std::vector<FirewallNetwork>& networks, const std::vector<PortRule>& ports);
    Result<void> addNetwork(const FirewallNetwork& network);
    Result<void> removeNetwork(const FirewallNetwork& network);
    Result<void> addPorts(const std::vector<PortRule>& ports);
    Result<void> removePorts(const std::vector<PortRule>& ports);
    /// Removes the table; a missing one is success.
    Result<void> removeTable();

private:
    struct ContextDeleter {
        void operator()(nft_ctx* context) const;
    };
    Firewall(std::unique_ptr<nft_ctx, ContextDeleter> context, std::string table, bool dropsAll)
        : m_context(std::move(context))
        , m_table(std::move(table))
        , m_dropsAllInvalid(dropsAll)
    {
    }
    Result<void> run(const std::string& commands, const std::string& what);
    std::string elements(const char* verb, const FirewallNetwork& network) const;
    std::string elements(const char* verb, const std::vector<PortRule>& ports) const;

    std::unique_ptr<nft_ctx, ContextDeleter> m_context;
    std::string m_table;
    bool m_dropsAllInvalid;
};

} // namespace portlight::network
