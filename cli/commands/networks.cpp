#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"

namespace portlight::cli {

namespace {

Syntax listSyntax()
{
    return { "[OPTIONS]", "List networks",
        { list('f', "filter", "Provide filter values (e.g. \"driver=bridge\")", "filter"),
            formatOption(), flag(0, "no-trunc", "Do not truncate the output"),
            flag('q', "quiet", "Only display network IDs") } };
}

Result<int> ls(Engine& engine, const Options& options)
{
    PL_TRY(const std::string filters, filterJson(options.all("filter")));
    PL_TRY(const Json answer, engine.get(target("/networks", { { "filters", filters } })));
    std::vector<Json> rows;
    for (const Json& network : answer) {
        const std::string id = text(member(network, "Id"));
        std::vector<std::string> labels;
        if (member(network, "Labels").is_object())
            for (const auto& [key, setting] : member(network, "Labels").items())
                labels.push_back(key + '=' + text(setting));
        const auto is = [&](const char* key) {
            return truth(member(network, key)) ? std::string("true") : std::string("false");
        };
        rows.push_back(Json { { "CreatedAt", text(member(network, "Created")) },
            { "Driver", text(member(network, "Driver")) },
            { "ID", options.isSet("no-trunc") ? id : shortId(id) }, { "IPv4", "true" },
            { "IPv6", is("EnableIPv6") }, { "Internal", is("Internal") },
            { "Labels", join(labels, ",") }, { "Name", text(member(network, "Name")) },
            { "Scope", text(member(network, "Scope")) } });
    }
    PL_TRY(const std::string out,
        formattedList(options.isSet("quiet") ? std::string("{{.ID}}") : options.text("format"),
            "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
            { { "CreatedAt", "CREATED AT" }, { "Driver", "DRIVER" }, { "ID", "NETWORK ID" },
                { "IPv4", "IPV4" }, { "IPv6", "IPV6" }, { "Internal", "INTERNAL" },
                { "Labels", "LABELS" }, { "Name", "NAME" }, { "Scope", "SCOPE" } },
            rows));
    print(out);
    return 0;
}

Syntax createSyntax()
{
    return { "[OPTIONS] NETWORK", "Create a network",
        { flag(0, "attachable", "Enable manual container attachment"),
            list(
                0, "aux-address", "Auxiliary IPv4 or IPv6 addresses used by Network driver", "map"),
            value('d', "driver", "Driver to manage the Network"),
            list(0, "gateway", "IPv4 or IPv6 Gateway for the master subnet", "strings"),
            flag(0, "internal", "Restrict external access to the network"),
            list(0, "ip-range", "Allocate container ip from a sub-range", "strings"),
            value(0, "ipam-driver", "IP Address Management Driver"),
            list(0, "ipam-opt", "Set IPAM driver specific options", "map"),
            flag(0, "ipv4", "Enable or disable IPv4 address assignment"),
            flag(0, "ipv6", "Enable or disable IPv6 address assignment"),
            list(0, "label", "Set metadata on a network"),
            list('o', "opt", "Set driver specific options", "map"),
            list(0, "subnet", "Subnet in CIDR format that represents a network segment",
                "strings") },
        1, 1 };
}

/// One entry per subnet; the ranges and gateways belong to the subnet at the same place.
Json addressPlan(const Options& options)
{
    Json plan = Json::array();
    const auto subnets = options.all("subnet");
    const auto ranges = options.all("ip-range");
    const auto gateways = options.all("gateway");
    for (std::size_t at = 0; at < subnets.size(); ++at) {
        Json entry { { "Subnet", subnets[at] } };
        if (at < ranges.size())
            entry["IPRange"] = ranges[at];
        if (at < gateways.size())
            entry["Gateway"] = gateways[at];
        if (at == 0 && options.has("aux-address"))
            entry["AuxiliaryAddresses"] = mapOf(options.all("aux-address"));
        plan.push_back(std::move(entry));
    }
    return plan;
}

Result<int> create(Engine& engine, const Options& options)
{
    Json body { { "Name", options.arguments()[0] }, { "Driver", options.text("driver", "bridge") },
        { "Attachable", options.isSet("attachable") }, { "Internal", options.isSet("internal") },
        { "IPAM",
            { { "Driver", options.text("ipam-driver", "default") },
                { "Config", addressPlan(options) },
                { "Options", mapOf(options.all("ipam-opt")) } } },
        { "Labels", mapOf(options.all("label")) }, { "Options", mapOf(options.all("opt")) } };
    if (options.has("ipv6"))
        body["EnableIPv6"] = options.isSet("ipv6");
    if (options.has("ipv4"))
        body["EnableIPv4"] = options.isSet("ipv4");
    PL_TRY(const Json made, engine.json("POST", "/networks/create", dumpJson(body)));
    if (const std::string warning = text(member(made, "Warning")); !warning.empty())
        complain("WARNING: " + warning);
    say(text(member(made, "Id")));
    return 0;
}

Syntax removeSyntax()
{
    return { "NETWORK [NETWORK...]", "Remove one or more networks",
        { flag('f', "force", "Do not error if the network does not exist") }, 1, kAny };
}

Result<int> remove(Engine& engine, const Options& options)
{
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        auto removed = engine.call("DELETE", "/networks/" + encoded(name));
        if (!removed && removed.error().code == Errc::NotFound && options.isSet("force"))
            return success();
        PL_TRY(std::move(removed));
        say(name);
        return success();
    });
}

Syntax connectSyntax()
{
    return { "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network",
        { list(0, "alias", "Add network-scoped alias for the container", "strings"),
            list(0, "driver-opt", "driver options for the network", "strings"),
            value(0, "ip", "IPv4 address (e.g., 172.30.100.104)"),
            value(0, "ip6", "IPv6 address (e.g., 2001:db8::33)"),
            list(0, "link", "Add link to another container"),
            list(0, "link-local-ip", "Add a link-local address for the container", "strings") },
        2, 2 };
}

Result<int> connect(Engine& engine, const Options& options)
{
    Json endpoint = Json::object();
    if (options.has("alias"))
        endpoint["Aliases"] = options.all("alias");
    if (options.has("link"))
        endpoint["Links"] = options.all("link");
    if (options.has("driver-opt"))
        endpoint["DriverOpts"] = mapOf(options.all("driver-opt"));
    if (options.has("ip"))
        endpoint["IPAMConfig"]["IPv4Address"] = options.text("ip");
    if (options.has("ip6"))
        endpoint["IPAMConfig"]["IPv6Address"] = options.text("ip6");
    if (options.has("link-local-ip"))
        endpoint["IPAMConfig"]["LinkLocalIPs"] = options.all("link-local-ip");
    const Json body { { "Container", options.arguments()[1] }, { "EndpointConfig", endpoint } };
    PL_TRY(engine.call(
        "POST", "/networks/" + encoded(options.arguments()[0]) + "/connect", dumpJson(body)));
    return 0;
}

Syntax disconnectSyntax()
{
    return { "[OPTIONS] NETWORK CONTAINER", "Disconnect a container from a network",
        { flag('f', "force", "Force the container to disconnect from a network") }, 2, 2 };
}

Result<int> disconnect(Engine& engine, const Options& options)
{
    const Json body { { "Container", options.arguments()[1] },
        { "Force", options.isSet("force") } };
    PL_TRY(engine.call(
        "POST", "/networks/" + encoded(options.arguments()[0]) + "/disconnect", dumpJson(body)));
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "network ls", listSyntax, ls },
    { "network create", createSyntax, create },
    { "network rm", removeSyntax, remove },
    { "network connect", connectSyntax, connect },
    { "network disconnect", disconnectSyntax, disconnect },
};

} // namespace

std::span<const CommandEntry> networkCommands()
{
    return kCommands;
}

} // namespace portlight::cli
