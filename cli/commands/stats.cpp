#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"

#include <array>
#include <cstdio>
#include <list>

#include <unistd.h>

namespace portlight::cli {

namespace {

Syntax statsSyntax()
{
    return { "[OPTIONS] [CONTAINER...]",
        "Display a live stream of container(s) resource usage statistics",
        { flag('a', "all", "Show all containers (default shows just running)"), formatOption(),
            flag(0, "no-stream", "Disable streaming stats and only pull the first result"),
            flag(0, "no-trunc", "Do not truncate output") },
        0, kAny };
}

std::string percent(double figure)
{
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%.2f%%", figure);
    return text.data();
}

double cpuPercent(const Json& sample)
{
    const double used = decimal(memberAt(sample, "cpu_stats.cpu_usage.total_usage"))
        - decimal(memberAt(sample, "precpu_stats.cpu_usage.total_usage"));
    const double all = decimal(memberAt(sample, "cpu_stats.system_cpu_usage"))
        - decimal(memberAt(sample, "precpu_stats.system_cpu_usage"));
    const double cpus = decimal(memberAt(sample, "cpu_stats.online_cpus"), 1);
    return used > 0 && all > 0 ? used / all * cpus * 100 : 0;
}

/// Docker leaves out the page cache that can go at once.
double memoryUsed(const Json& sample)
{
    const double usage = decimal(memberAt(sample, "memory_stats.usage"));
    for (const char* key : { "total_inactive_file", "inactive_file" }) {
        const double cache = decimal(member(memberAt(sample, "memory_stats.stats"), key), -1);
        if (cache >= 0 && cache < usage)
            return usage - cache;
    }
    return usage;
}

std::pair<double, double> networkBytes(const Json& sample)
{
    std::pair<double, double> sum;
    const Json& networks = member(sample, "networks");
    if (networks.is_object())
        for (const auto& [name, each] : networks.items()) {
            sum.first += decimal(member(each, "rx_bytes"));
            sum.second += decimal(member(each, "tx_bytes"));
        }
    return sum;
}

std::pair<double, double> blockBytes(const Json& sample)
{
    std::pair<double, double> sum;
    for (const Json& each : memberAt(sample, "blkio_stats.io_service_bytes_recursive")) {
        const std::string op = text(member(each, "op"));
        if (op == "read" || op == "Read")
            sum.first += decimal(member(each, "value"));
        else if (op == "write" || op == "Write")
            sum.second += decimal(member(each, "value"));
    }
    return sum;
}

Json rowOf(const std::string& id, const std::string& name, const Json& sample, bool isWhole)
{
    Json row { { "BlockIO", "--" }, { "CPUPerc", "--" }, { "Container", id },
        { "ID", isWhole ? id : shortId(id) }, { "MemPerc", "--" }, { "MemUsage", "-- / --" },
        { "Name", name }, { "NetIO", "--" }, { "PIDs", "--" } };
    if (!sample.is_object())
        return row;
    const double used = memoryUsed(sample);
    const double limit = decimal(memberAt(sample, "memory_stats.limit"));
    const auto [received, sent] = networkBytes(sample);
    const auto [read, written] = blockBytes(sample);
    row["CPUPerc"] = percent(cpuPercent(sample));
    row["MemUsage"] = binarySize(used) + " / " + binarySize(limit);
    row["MemPerc"] = percent(limit > 0 ? used / limit * 100 : 0);
    row["NetIO"] = humanSize(received) + " / " + humanSize(sent);
    row["BlockIO"] = humanSize(read) + " / " + humanSize(written);
    row["PIDs"] = std::to_string(number(memberAt(sample, "pids_stats.current")));
    return row;
}

struct Watched {
    std::string id;
    std::string name;
    Connection stream;
    Json sample {};
    bool isOpen = true;
};

Result<std::list<Watched>> watch(Engine& engine, const Options& options)
{
    std::vector<std::string> names = options.arguments();
    if (names.empty()) {
        PL_TRY(const Json running,
            engine.get(target("/containers/json", { { "all", options.isSet("all") ? "1" : "" } })));
        for (const Json& each : running)
            names.push_back(text(member(each, "Id")));
    }
    std::list<Watched> all;
    for (const std::string& name : names) {
        PL_TRY(const Json container, engine.get(containerPath(name, "/json")));
        const std::string id = text(member(container, "Id"));
        const bool streams = !options.isSet("no-stream");
        PL_TRY(Connection stream,
            engine.call(
                "GET", target(containerPath(id, "/stats"), { { "stream", streams ? "1" : "0" } })));
        std::string shownName = text(member(container, "Name"));
        if (shownName.starts_with('/'))
            shownName.erase(0, 1);
        all.push_back({ id, shownName, std::move(stream) });
    }
    return all;
}

Result<void> show(const std::list<Watched>& all, const Options& options)
{
    std::vector<Json> rows;
    for (const Watched& each : all)
        rows.push_back(rowOf(each.id, each.name, each.sample, options.isSet("no-trunc")));
    PL_TRY(const std::string out,
        formattedList(options.text("format"),
            "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}"
            "}"
            "\t{{.PIDs}}",
            { { "BlockIO", "BLOCK I/O" }, { "CPUPerc", "CPU %" }, { "Container", "CONTAINER" },
                { "ID", "CONTAINER ID" }, { "MemPerc", "MEM %" },
                { "MemUsage", "MEM USAGE / LIMIT" }, { "Name", "NAME" }, { "NetIO", "NET I/O" },
                { "PIDs", "PIDS" } },
            rows));
    const bool isLive = !options.isSet("no-stream") && ::isatty(STDOUT_FILENO) == 1;
    print((isLive ? "\x1b[2J\x1b[H" : "") + out);
    return success();
}

/// The next sample of every container that still runs; false once none does.
Result<bool> nextSamples(std::list<Watched>& all)
{
    bool isAnyOpen = false;
    for (Watched& each : all) {
        if (!each.isOpen)
            continue;
        bool more = false;
        const auto line = each.stream.readLine(more);
        each.isOpen = line && more;
        if (!each.isOpen)
            continue;
        isAnyOpen = true;
        PL_TRY(each.sample, parseJson(line.value()));
    }
    return isAnyOpen;
}

Result<int> stats(Engine& engine, const Options& options)
{
    PL_TRY(std::list<Watched> all, watch(engine, options));
    if (options.isSet("no-stream")) {
        PL_TRY(nextSamples(all));
        PL_TRY(show(all, options));
        return 0;
    }
    for (;;) {
        PL_TRY(const bool isAnyOpen, nextSamples(all));
        if (!isAnyOpen)
            return 0;
        PL_TRY(show(all, options));
    }
}

constexpr CommandEntry kCommands[] { { "stats", statsSyntax, stats } };

} // namespace

std::span<const CommandEntry> statsCommands()
{
    return kCommands;
}

} // namespace portlight::cli
