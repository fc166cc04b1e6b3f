#include "engine/core/network_files.h"

#include "engine/base/syscalls.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <sys/stat.h>

namespace portlight::core {

using network::IpAddress;

namespace {

constexpr std::size_t kMostBytes = 1U << 20U;
constexpr const char* kLoopbackHosts = "127.0.0.1\tlocalhost\n"
                                       "::1\tlocalhost ip6-localhost ip6-loopback\n"
                                       "fe00::\tip6-localnet\n"
                                       "ff00::\tip6-mcastprefix\n"
                                       "ff02::1\tip6-allnodes\n"
                                       "ff02::2\tip6-allrouters\n";

/// In place: the file may be bound into a container.
Result<void> rewrite(const std::string& path, const std::string& text)
{
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
    if (::fchmod(file.get(), 0644) != 0)
        return errnoError(errno, "set the mode of '" + path + "'");
    return writeAll(file, text);
}

std::string fullName(const ContainerConfig& config)
{
    return config.domainname.empty()
        ? config.hostname
        : config.hostname + "." + config.domainname + " " + config.hostname;
}

} // namespace

std::string hostsFile(
    const ContainerConfig& config, const ContainerNetwork& network, const IpAddress& hostGateway)
{
    std::string text = kLoopbackHosts;
    for (const auto& entry : config.host.extraHosts) {
        const auto colon = entry.find(':');
        std::string address = entry.substr(colon + 1);
        if (address == "host-gateway")
            address = hostGateway.isEmpty() ? "127.0.0.1" : hostGateway.text();
        if (address.starts_with('[') && address.ends_with(']'))
            address = address.substr(1, address.size() - 2);
        text += address + "\t" + entry.substr(0, colon) + "\n";
    }
    bool hasAddress = false;
    for (const auto& endpoint : network.endpoints)
        for (const auto& address : { endpoint.ipv4, endpoint.ipv6 })
            if (!address.isEmpty()) {
                text += address.text() + "\t" + fullName(config) + "\n";
                hasAddress = true;
            }
    if (!hasAddress)
        text += "127.0.0.1\t" + fullName(config) + "\n";
    return text;
}

std::string changedHosts(
    const std::string& hosts, const IpAddress& address, const std::string& name)
{
    std::string text;
    std::istringstream lines(hosts);
    for (std::string line; std::getline(lines, line);)
        if (address.isEmpty() || !line.starts_with(address.text() + "\t"))
            text += line + "\n";
    if (!name.empty() && !address.isEmpty())
        text += address.text() + "\t" + name + "\n";
    return text;
}

ResolverConfig outsideResolver(const ContainerConfig& config, const ResolverConfig& host)
{
    ResolverConfig wanted = host;
    if (!config.host.dns.empty())
        wanted.servers = config.host.dns;
    if (!config.host.dnsSearch.empty())
        wanted.search = config.host.dnsSearch;
    if (wanted.search == std::vector<std::string> { "." })
        wanted.search.clear(); // --dns-search .: none
    if (!config.host.dnsOptions.empty())
        wanted.options = config.host.dnsOptions;
    return wanted;
}

bool needsNameServer(
    const ContainerConfig& config, const NetworkPlan& plan, const ResolverConfig& host)
{
    if (plan.kind != NetworkPlan::Kind::Own)
        return false;
    if (plan.isUserDefined)
        return true;
    const auto wanted = outsideResolver(config, host);
    return !wanted.servers.empty() && std::ranges::all_of(wanted.servers, isLoopbackServer);
}

std::string resolvConf(
    const ContainerConfig& config, const ResolverConfig& host, bool usesNameServer)
{
    ResolverConfig wanted = outsideResolver(config, host);
    if (usesNameServer) {
        wanted.servers = { names::kServerAddress };
        const bool hasDots = std::ranges::any_of(
            wanted.options, [](const std::string& option) { return option.starts_with("ndots:"); });
        if (!hasDots)
            wanted.options.emplace_back("ndots:0"); // names here have no dots
    } else if (config.host.networkMode != "host") {
        std::erase_if(wanted.servers, isLoopbackServer);
    }
    return "# Written by Portlight for this container.\n" + toText(wanted);
}

Result<void> writeNetworkFiles(
    const std::string& bundle, const ContainerConfig& config, NetworkPlan& plan)
{
    const ResolverConfig host = hostResolver();
    plan.network.usesNameServer = needsNameServer(config, plan, host);
    std::string hosts = hostsFile(config, plan.network, plan.hostGateway);
    if (plan.kind == NetworkPlan::Kind::Host) {
        // It is the host's network: names mean what they mean there.
        const auto own = readFile("/etc/hosts", kMostBytes);
        if (own)
            hosts = own.value() + "127.0.0.1\t" + fullName(config) + "\n";
    }
    PL_TRY(rewrite(bundle + "/hosts", hosts));
    return rewrite(bundle + "/resolv.conf", resolvConf(config, host, plan.network.usesNameServer));
}

Result<void> useNameServer(const std::string& bundle, const ContainerConfig& config)
{
    return rewrite(bundle + "/resolv.conf", resolvConf(config, hostResolver(), true));
}

Result<void> copyNetworkFiles(const std::string& bundle, const std::string& sharedBundle)
{
    for (const auto* name : { "/hosts", "/resolv.conf", "/hostname" }) {
        PL_TRY(const auto text, readFile(sharedBundle + name, kMostBytes));
        PL_TRY(rewrite(bundle + name, text));
    }
    return success();
}

} // namespace portlight::core
