#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

#include <poll.h>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "stats" }, { "interval", '\0', true } };
constexpr int kDefaultSeconds = 5;

void put(Json& place, const char* key, const std::optional<std::uint64_t>& value)
{
    if (value)
        place[key] = *value;
}

// What is not measured on this host is left out.
Json statsJson(const cgroup::Stats& stats)
{
    Json cpu = Json::object();
    put(cpu["usage"], "total", stats.cpuNanoseconds);
    put(cpu["usage"], "user", stats.cpuUserNanoseconds);
    put(cpu["usage"], "kernel", stats.cpuSystemNanoseconds);
    put(cpu["throttling"], "throttledPeriods", stats.throttledPeriods);
    put(cpu["throttling"], "throttledTime", stats.throttledNanoseconds);
    Json memory = Json::object();
    put(memory["usage"], "usage", stats.memoryBytes);
    put(memory["usage"], "max", stats.memoryPeakBytes);
    put(memory["usage"], "limit", stats.memoryLimitBytes);
    put(memory["usage"], "oomKills", stats.oomKills);
    if (!stats.memoryDetails.empty())
        memory["raw"] = stats.memoryDetails;
    Json pids = Json::object();
    put(pids, "current", stats.pids);
    put(pids, "limit", stats.pidsLimit);
    Json io = Json::object();
    put(io, "readBytes", stats.blockReadBytes);
    put(io, "writtenBytes", stats.blockWrittenBytes);
    Json data { { "cpu", cpu }, { "memory", memory }, { "pids", pids }, { "blkio", io } };
    if (!stats.pressureMicroseconds.empty())
        data["pressureMicroseconds"] = stats.pressureMicroseconds;
    return data;
}

Result<void> printStats(const ContainerRecord& record)
{
    PL_TRY(const auto driver, openCgroups(record.group));
    PL_TRY(const auto stats, driver->stats(record.group));
    const Json event { { "type", "stats" }, { "id", record.id }, { "data", statsJson(stats) } };
    return print(dumpJson(event) + "\n");
}

} // namespace

// events: a line of figures every interval until the container ends, or once with --stats.
Result<int> eventsVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    std::string interval = parsed.value("interval", std::to_string(kDefaultSeconds));
    if (!interval.empty() && interval.back() == 's')
        interval.pop_back();
    PL_TRY(const auto seconds, numberOption(interval, "--interval"));
    if (seconds <= 0 || seconds > 86400)
        return makeError(Errc::InvalidArgument, "--interval is not a number of seconds");
    PL_TRY(const auto record, StateStore(context.root).load(id));
    PL_TRY(const auto process, openProcess(record));
    for (;;) {
        PL_TRY(printStats(record));
        if (parsed.has("stats"))
            return 0;
        pollfd ended { process.get(), POLLIN, 0 };
        if (::poll(&ended, 1, static_cast<int>(seconds) * 1000) != 0)
            return 0;
    }
}

} // namespace portlight::oci_cli
