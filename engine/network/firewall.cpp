#include "engine/network/firewall.h"

#include <nftables/libnftables.h>

#include <cstdlib>

namespace portlight::network {

namespace {

// Named containers of the table: `pairs` holds each bridge beside itself, which is what traffic
// inside one network looks like where bridges pass it to these chains (br_netfilter).
constexpr const char* kTable = R"nft(
    set bridges { type ifname; }
    set internal { type ifname; }
    set pairs { type ifname . ifname; }
    set subnets4 { type ipv4_addr; flags interval; }
    set subnets6 { type ipv6_addr; flags interval; }
    map anyport { type inet_proto . inet_service : ipv4_addr . inet_service; }
    map ports { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }
    chain publish {
        type nat hook prerouting priority -100;
        iifname @bridges accept
        meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . ip daddr . th dport map @ports
        meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @anyport
    }
    chain forward {
        type filter hook forward priority 0;
        iifname @bridges ct state invalid drop
        oifname @bridges ct state invalid drop
        ct state established,related accept
        iifname . oifname @pairs accept
        iifname @internal drop
        oifname @internal drop
        ct status dnat accept
        oifname @bridges drop
    }
    chain outbound {
        type nat hook postrouting priority 100;
        ip saddr @subnets4 ip daddr @subnets4 ct status dnat masquerade
        ip saddr @subnets4 oifname != @bridges masquerade
        ip6 saddr @subnets6 oifname != @bridges masquerade
    }
)nft";

} // namespace

void Firewall::ContextDeleter::operator()(nft_ctx* context) const
{
    ::nft_ctx_free(context);
}

Result<Firewall> Firewall::open(std::string tableName, bool dropsAllInvalid)
{
    std::unique_ptr<nft_ctx, ContextDeleter> context(::nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context)
        return makeError(Errc::Unavailable, "nftables cannot be used");
    ::nft_ctx_buffer_output(context.get());
    ::nft_ctx_buffer_error(context.get());
    return Firewall(std::move(context), std::move(tableName), dropsAllInvalid);
}

Result<void> Firewall::run(const std::string& commands, const std::string& what)
{
    const bool isDone = ::nft_run_cmd_from_buffer(m_context.get(), commands.c_str()) == 0;
    std::string text = ::nft_ctx_get_error_buffer(m_context.get());
    static_cast<void>(::nft_ctx_get_output_buffer(m_context.get()));
    if (isDone)
        return success();
    return makeError(Errc::Unavailable, what + ": " + text.substr(0, text.find('\n')));
}

std::string Firewall::elements(const char* verb, const FirewallNetwork& network) const
{
    const std::string start = std::string(verb) + " element inet " + m_table + " ";
    const std::string bridge = "\"" + network.bridge + "\"";
    std::string text = start + "bridges { " + bridge + " }\n" + start + "pairs { " + bridge + " . "
        + bridge + " }\n";
    if (network.isInternal)
        text += start + "internal { " + bridge + " }\n";
    if (network.isInternal || !network.masquerades)
        return text;
    for (const auto& subnet : network.subnets)
        text += start + (subnet.address().isV6() ? "subnets6 { " : "subnets4 { ") + subnet.text()
            + " }\n";
    return text;
}

std::string Firewall::elements(const char* verb, const std::vector<PortRule>& ports) const
{
    std::string text;
    for (const auto& port : ports) {
        text += std::string(verb) + " element inet " + m_table;
        text += port.hostAddress.isEmpty() ? " anyport { " : " ports { ";
        text += port.protocol + " . ";
        if (!port.hostAddress.isEmpty())
            text += port.hostAddress.text() + " . ";
        text += std::to_string(port.hostPort) + " : " + port.target.text() + " . "
            + std::to_string(port.targetPort) + " }\n";
    }
    return text;
}

Result<void> Firewall::reset(
    const std::vector<FirewallNetwork>& networks, const std::vector<PortRule>& ports)
{
    std::string text = "add table inet " + m_table + "\ndelete table inet " + m_table
        + "\ntable inet " + m_table + " {" + kTable;
    if (m_dropsAllInvalid)
        text +=
            "chain invalid { type filter hook prerouting priority -150; ct state invalid drop; }\n";
    text += "}\n";
    for (const auto& network : networks)
        text += elements("add", network);
    text += elements("add", ports);
    return run(text, "make the engine's nftables table");
}

Result<void> Firewall::addNetwork(const FirewallNetwork& network)
{
    return run(elements("add", network), "add nftables elements of '" + network.bridge + "'");
}

Result<void> Firewall::removeNetwork(const FirewallNetwork& network)
{
    return run(elements("delete", network), "remove nftables elements of '" + network.bridge + "'");
}

Result<void> Firewall::addPorts(const std::vector<PortRule>& ports)
{
    return ports.empty() ? success() : run(elements("add", ports), "publish ports");
}

Result<void> Firewall::removePorts(const std::vector<PortRule>& ports)
{
    return ports.empty() ? success() : run(elements("delete", ports), "take ports back");
}

Result<void> Firewall::removeTable()
{
    return run("add table inet " + m_table + "\ndelete table inet " + m_table,
        "remove the engine's nftables table");
}

} // namespace portlight::network
