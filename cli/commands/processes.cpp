#include "cli/commands/command.h"
#include "cli/text/human.h"

#include <algorithm>
#include <cstdlib>

namespace portlight::cli {

namespace {

Syntax topSyntax()
{
    return { "CONTAINER [ps OPTIONS]", "Display the running processes of a container", {}, 1, kAny,
        true };
}

/// Columns as wide as their widest cell and three more, the last one as it is.
std::string columns(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 17);
        for (std::size_t at = 0; at < row.size(); ++at)
            widths[at] = std::max(widths[at], row[at].size());
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t at = 0; at < row.size(); ++at)
            out += row[at]
                + (at + 1 < row.size() ? std::string(widths[at] + 3 - row[at].size(), ' ') : "\n");
    }
    return out;
}

Result<int> top(Engine& engine, const Options& options)
{
    const auto& words = options.arguments();
    const std::string arguments = join({ words.begin() + 1, words.end() }, " ");
    PL_TRY(const Json answer,
        engine.get(target(containerPath(words[0], "/top"), { { "ps_args", arguments } })));
    std::vector<std::vector<std::string>> rows { texts(member(answer, "Titles")) };
    for (const Json& process : member(answer, "Processes"))
        rows.push_back(texts(process));
    print(columns(rows));
    return 0;
}

Syntax portSyntax()
{
    return { "CONTAINER [PRIVATE_PORT[/PROTO]]",
        "List port mappings or a specific mapping for the container", {}, 1, 2 };
}

std::string bindingText(const Json& binding)
{
    const std::string ip = text(member(binding, "HostIp"));
    return (ip.find(':') == std::string::npos ? ip : '[' + ip + ']') + ':'
        + text(member(binding, "HostPort"));
}

Result<int> port(Engine& engine, const Options& options)
{
    PL_TRY(const Json container, engine.get(containerPath(options.arguments()[0], "/json")));
    const Json& ports = memberAt(container, "NetworkSettings.Ports");
    if (options.arguments().size() == 2) {
        std::string wanted = options.arguments()[1];
        if (wanted.find('/') == std::string::npos)
            wanted += "/tcp";
        const Json& bindings = member(ports, wanted);
        if (!bindings.is_array() || bindings.empty())
            return makeError(Errc::NotFound,
                "no public port '" + options.arguments()[1] + "' published for "
                    + options.arguments()[0]);
        for (const Json& binding : bindings)
            say(bindingText(binding));
        return 0;
    }
    std::vector<std::pair<int, std::string>> lines;
    if (ports.is_object())
        for (const auto& [inside, bindings] : ports.items())
            for (const Json& binding : bindings)
                lines.emplace_back(
                    std::atoi(inside.c_str()), inside + " -> " + bindingText(binding));
    std::ranges::sort(lines); // by number, not as text
    for (const auto& line : lines)
        say(line.second);
    return 0;
}

Syntax diffSyntax()
{
    return { "CONTAINER", "Inspect changes to files or directories on a container's filesystem", {},
        1, 1 };
}

Result<int> diff(Engine& engine, const Options& options)
{
    PL_TRY(const Json changes, engine.get(containerPath(options.arguments()[0], "/changes")));
    for (const Json& change : changes) {
        const std::int64_t kind = number(member(change, "Kind"));
        say(std::string(kind == 0 ? "C " : kind == 1 ? "A " : "D ") + text(member(change, "Path")));
    }
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "top", topSyntax, top },
    { "port", portSyntax, port },
    { "diff", diffSyntax, diff },
};

} // namespace

std::span<const CommandEntry> processCommands()
{
    return kCommands;
}

} // namespace portlight::cli
