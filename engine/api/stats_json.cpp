#include "engine/api/stats_json.h"

#include "engine/base/timestamps.h"

namespace portlight::api {

namespace {

constexpr const char* kNever = "0001-01-01T00:00:00Z";

Json cpuJson(const core::StatsSample* sample, int cpuCount)
{
    const cgroup::Stats none;
    const cgroup::Stats& stats = sample ? sample->stats : none;
    Json json { { "cpu_usage",
                    { { "total_usage", stats.cpuNanoseconds.value_or(0) },
                        { "usage_in_kernelmode", stats.cpuSystemNanoseconds.value_or(0) },
                        { "usage_in_usermode", stats.cpuUserNanoseconds.value_or(0) } } },
        { "throttling_data",
            { { "periods", 0 }, { "throttled_periods", stats.throttledPeriods.value_or(0) },
                { "throttled_time", stats.throttledNanoseconds.value_or(0) } } } };
    if (sample) {
        json["system_cpu_usage"] = sample->hostCpuNanoseconds;
        json["online_cpus"] = cpuCount;
    }
    return json;
}

Json memoryJson(const core::StatsSample* sample, const StatsHost& host)
{
    if (!sample || !sample->stats.memoryBytes)
        return Json::object();
    const cgroup::Stats& stats = sample->stats;
    Json details = stats.memoryDetails;
    // Clients subtract this one from the usage; version 1 calls it total_inactive_file.
    if (stats.memoryInactiveFileBytes)
        details["inactive_file"] = *stats.memoryInactiveFileBytes;
    Json json { { "usage", *stats.memoryBytes }, { "stats", std::move(details) },
        { "limit",
            stats.memoryLimitBytes.value_or(static_cast<std::uint64_t>(host.memoryBytes)) } };
    if (stats.memoryPeakBytes)
        json["max_usage"] = *stats.memoryPeakBytes;
    return json;
}

Json blockJson(const core::StatsSample* sample)
{
    Json bytes = nullptr;
    if (sample && sample->stats.blockReadBytes && sample->stats.blockWrittenBytes) {
        bytes = Json::array();
        bytes.push_back({ { "major", 0 }, { "minor", 0 }, { "op", "read" },
            { "value", *sample->stats.blockReadBytes } });
        bytes.push_back({ { "major", 0 }, { "minor", 0 }, { "op", "write" },
            { "value", *sample->stats.blockWrittenBytes } });
    }
    return Json { { "io_service_bytes_recursive", std::move(bytes) },
        { "io_serviced_recursive", nullptr }, { "io_queue_recursive", nullptr },
        { "io_service_time_recursive", nullptr }, { "io_wait_time_recursive", nullptr },
        { "io_merged_recursive", nullptr }, { "io_time_recursive", nullptr },
        { "sectors_recursive", nullptr } };
}

Json pidsJson(const core::StatsSample* sample)
{
    Json json = Json::object();
    if (sample && sample->stats.pids)
        json["current"] = *sample->stats.pids;
    if (sample && sample->stats.pidsLimit)
        json["limit"] = *sample->stats.pidsLimit;
    return json;
}

Json networksJson(const core::StatsSample& sample)
{
    Json networks = Json::object();
    for (const auto& [name, counters] : sample.networks)
        networks[name] = { { "rx_bytes", counters.receivedBytes },
            { "rx_packets", counters.receivedPackets }, { "rx_errors", counters.receivedErrors },
            { "rx_dropped", counters.receivedDropped }, { "tx_bytes", counters.sentBytes },
            { "tx_packets", counters.sentPackets }, { "tx_errors", counters.sentErrors },
            { "tx_dropped", counters.sentDropped } };
    return networks;
}

void addNumber(Json& json, const char* key, const std::optional<std::uint64_t>& value)
{
    if (value)
        json[key] = *value;
}

Json lineJson(const std::string& id, const core::StatsSample* before, const core::StatsSample& now)
{
    const cgroup::Stats& stats = now.stats;
    Json json { { "id", id } };
    if (before)
        if (const auto percent = core::cpuPercent(*before, now))
            json["cpuPercent"] = *percent;
    addNumber(json, "cpuNanoseconds", stats.cpuNanoseconds);
    // Without the page cache that the kernel can take back at once: as docker counts it.
    if (stats.memoryBytes) {
        const std::uint64_t idle = stats.memoryInactiveFileBytes.value_or(0);
        json["memoryBytes"] = *stats.memoryBytes > idle ? *stats.memoryBytes - idle : 0;
    }
    addNumber(json, "memoryLimitBytes", stats.memoryLimitBytes);
    if (!now.networks.empty()) {
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
        for (const auto& [name, counters] : now.networks) {
            received += counters.receivedBytes;
            sent += counters.sentBytes;
        }
        json["networkReceivedBytes"] = received;
        json["networkSentBytes"] = sent;
    }
    addNumber(json, "blockReadBytes", stats.blockReadBytes);
    addNumber(json, "blockWrittenBytes", stats.blockWrittenBytes);
    addNumber(json, "pids", stats.pids);
    addNumber(json, "pidsLimit", stats.pidsLimit);
    if (!stats.pressureMicroseconds.empty())
        json["pressure"] = stats.pressureMicroseconds;
    return json;
}

} // namespace

Json statsJson(const core::Container& container, const core::StatsSample* before,
    const core::StatsSample* now, const StatsHost& host)
{
    Json json { { "name", "/" + container.name }, { "id", container.id },
        { "read", now ? formatTimestamp(now->readAtNs) : kNever },
        { "preread", before ? formatTimestamp(before->readAtNs) : kNever }, { "num_procs", 0 },
        { "storage_stats", Json::object() } };
    json["pids_stats"] = pidsJson(now);
    json["blkio_stats"] = blockJson(now);
    json["cpu_stats"] = cpuJson(now, host.cpuCount);
    json["precpu_stats"] = cpuJson(before, host.cpuCount);
    json["memory_stats"] = memoryJson(now, host);
    if (now && !now->networks.empty())
        json["networks"] = networksJson(*now);
    return json;
}

Json snapshotJson(const core::StatsSnapshot* before, const core::StatsSnapshot& now)
{
    Json containers = Json::array();
    for (const auto& [id, sample] : now.samples) {
        const core::StatsSample* earlier = nullptr;
        if (before)
            if (const auto found = before->samples.find(id); found != before->samples.end())
                earlier = &found->second;
        containers.push_back(lineJson(id, earlier, sample));
    }
    return Json { { "read", formatTimestamp(now.readAtNs, true) },
        { "containers", std::move(containers) } };
}

} // namespace portlight::api
