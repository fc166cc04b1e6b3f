#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace portlight::cli {

namespace {

/// A port's place in docker's lists: address, protocol and where it goes.
struct Port {
    std::string ip {};
    std::int64_t inside = 0;
    std::int64_t outside = 0;
    std::string protocol {};
};

std::string rangeText(std::int64_t first, std::int64_t last)
{
    return first == last ? std::to_string(first)
                         : std::to_string(first) + '-' + std::to_string(last);
}

std::string portText(const Port& first, const Port& last)
{
    std::string out;
    if (first.outside != 0) {
        const bool isV6 = first.ip.find(':') != std::string::npos;
        out = (isV6 ? '[' + first.ip + ']' : first.ip) + ':'
            + rangeText(first.outside, last.outside) + "->";
    }
    return out + rangeText(first.inside, last.inside) + '/' + first.protocol;
}

/// "80/tcp, 0.0.0.0:8080->81/tcp": neighbouring ports that are the same on both sides become one
/// range, as docker has it; those that change come after them.
std::string portsOf(const Json& container)
{
    std::vector<Port> ports;
    for (const Json& each : member(container, "Ports"))
        ports.push_back({ text(member(each, "IP")), number(member(each, "PrivatePort")),
            number(member(each, "PublicPort")), text(member(each, "Type"), "tcp") });
    std::ranges::sort(ports, {}, [](const Port& port) {
        return std::tuple(port.inside, port.ip, port.outside, port.protocol);
    });
    std::vector<std::string> words;
    std::vector<std::string> changed;
    std::vector<bool> isTaken(ports.size(), false);
    for (std::size_t at = 0; at < ports.size(); ++at) {
        if (isTaken[at])
            continue;
        Port last = ports[at];
        if (last.outside != 0 && last.outside != last.inside) {
            changed.push_back(portText(last, last));
            continue;
        }
        for (std::size_t next = at + 1; next < ports.size(); ++next) {
            const Port& other = ports[next];
            const bool follows = !isTaken[next] && other.ip == last.ip
                && other.protocol == last.protocol && other.inside == last.inside + 1
                && other.outside == (last.outside == 0 ? 0 : last.outside + 1);
            if (!follows)
                continue;
            isTaken[next] = true;
            last = other;
        }
        words.push_back(portText(ports[at], last));
    }
    words.insert(words.end(), changed.begin(), changed.end());
    return join(words, ", ");
}

std::string namesOf(const Json& container)
{
    std::vector<std::string> names;
    for (std::string name : texts(member(container, "Names"))) {
        if (name.starts_with('/'))
            name.erase(0, 1);
        if (name.find('/') == std::string::npos) // the others are links
            names.push_back(std::move(name));
    }
    return join(names, ",");
}

std::string labelsOf(const Json& labels)
{
    std::vector<std::string> words;
    if (labels.is_object())
        for (const auto& [key, setting] : labels.items())
            words.push_back(key + '=' + text(setting));
    return join(words, ",");
}

Json containerRow(const Json& container, bool isWhole)
{
    const std::string command = text(member(container, "Command"));
    std::vector<std::string> mounts;
    std::int64_t localVolumes = 0;
    for (const Json& mount : member(container, "Mounts")) {
        const std::string name = text(member(mount, "Name"));
        localVolumes += text(member(mount, "Driver")) == "local" ? 1 : 0;
        const std::string shownName = name.empty() ? text(member(mount, "Source")) : name;
        mounts.push_back(isWhole ? shownName : shortened(shownName, 15));
    }
    std::vector<std::string> networks;
    const Json& joined = memberAt(container, "NetworkSettings.Networks");
    if (joined.is_object())
        for (const auto& [name, endpoint] : joined.items())
            networks.push_back(name);
    const std::int64_t created = number(member(container, "Created"));
    const std::int64_t written = number(member(container, "SizeRw"));
    const std::int64_t all = number(member(container, "SizeRootFs"));
    std::string image = text(member(container, "Image"));
    if (!isWhole && image.starts_with("sha256:"))
        image = shortId(image);
    const std::string id = text(member(container, "Id"));
    return Json { { "Command", '"' + (isWhole ? command : shortened(command, 20)) + '"' },
        { "CreatedAt", dateTime(created) }, { "ID", isWhole ? id : shortId(id) },
        { "Image", image }, { "Labels", labelsOf(member(container, "Labels")) },
        { "LocalVolumes", std::to_string(localVolumes) }, { "Mounts", join(mounts, ",") },
        { "Names", namesOf(container) }, { "Networks", join(networks, ",") },
        { "Ports", portsOf(container) }, { "RunningFor", ago(created) },
        { "Size",
            humanSize(static_cast<double>(written))
                + (all > 0 ? " (virtual " + humanSize(static_cast<double>(all)) + ")" : "") },
        { "State", text(member(container, "State")) },
        { "Status", text(member(container, "Status")) } };
}

const std::map<std::string, std::string>& containerHeaders()
{
    static const std::map<std::string, std::string> headers { { "Command", "COMMAND" },
        { "CreatedAt", "CREATED AT" }, { "ID", "CONTAINER ID" }, { "Image", "IMAGE" },
        { "Labels", "LABELS" }, { "LocalVolumes", "LOCAL VOLUMES" }, { "Mounts", "MOUNTS" },
        { "Names", "NAMES" }, { "Networks", "NETWORKS" }, { "Ports", "PORTS" },
        { "RunningFor", "CREATED" }, { "Size", "SIZE" }, { "State", "STATE" },
        { "Status", "STATUS" } };
    return headers;
}

Syntax psSyntax()
{
    return { "[OPTIONS]", "List containers",
        { flag('a', "all", "Show all containers (default shows just running)"),
            list('f', "filter", "Filter output based on conditions provided", "filter"),
            formatOption(),
            value('n', "last", "Show n last created containers (includes all states)", "int"),
            flag('l', "latest", "Show the latest created container (includes all states)"),
            flag(0, "no-trunc", "Don't truncate output"),
            flag('q', "quiet", "Only display container IDs"),
            flag('s', "size", "Display total file sizes") } };
}

Result<int> ps(Engine& engine, const Options& options)
{
    PL_TRY(const auto last, options.number("last"));
    PL_TRY(const std::string filters, filterJson(options.all("filter")));
    const std::string format = options.text("format");
    const bool wantsSize = options.isSet("size") || format.find(".Size") != std::string::npos;
    std::string limit = last && *last > 0 ? std::to_string(*last) : std::string();
    if (options.isSet("latest"))
        limit = "1";
    PL_TRY(const Json answer,
        engine.get(target("/containers/json",
            { { "all", options.isSet("all") || !limit.empty() ? "1" : "" }, { "limit", limit },
                { "size", wantsSize ? "1" : "" }, { "filters", filters } })));
    std::vector<Json> rows;
    for (const Json& container : answer)
        rows.push_back(containerRow(container, options.isSet("no-trunc")));
    std::string standard = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t"
                           "{{.Ports}}\t{{.Names}}";
    if (options.isSet("size"))
        standard += "\t{{.Size}}";
    PL_TRY(const std::string out,
        formattedList(options.isSet("quiet") ? std::string("{{.ID}}") : format, standard,
            containerHeaders(), rows));
    print(out);
    return 0;
}

constexpr CommandEntry kCommands[] { { "ps", psSyntax, ps } };

} // namespace

std::span<const CommandEntry> listCommands()
{
    return kCommands;
}

} // namespace portlight::cli
