#include "app/client/stats_decode.h"

#include "app/client/json_decode.h"

#include <QJsonArray>

namespace portlight::client::json {

using L1 = QLatin1String;

namespace {

void readMemory(ContainerStats& stats, const QJsonObject& memory)
{
    if (!memory[L1("usage")].isDouble())
        return;
    const QJsonObject detail = memory[L1("stats")].toObject();
    // Page cache that can be dropped at once is not what people call used; v2 name, then v1.
    const qint64 cache = detail.contains(L1("inactive_file"))
        ? detail[L1("inactive_file")].toInteger()
        : detail[L1("total_inactive_file")].toInteger();
    const qint64 usage = memory[L1("usage")].toInteger();
    stats.memoryBytes = cache < usage ? usage - cache : usage;
    if (const qint64 limit = memory[L1("limit")].toInteger(); limit > 0)
        stats.memoryLimitBytes = limit;
}

void readNetworks(ContainerStats& stats, const QJsonObject& networks)
{
    for (const auto& item : networks) {
        const QJsonObject network = item.toObject();
        stats.networkReceivedBytes =
            stats.networkReceivedBytes.value_or(0) + network[L1("rx_bytes")].toInteger();
        stats.networkSentBytes =
            stats.networkSentBytes.value_or(0) + network[L1("tx_bytes")].toInteger();
    }
}

void readBlocks(ContainerStats& stats, const QJsonArray& entries)
{
    for (const auto& item : entries) {
        const QJsonObject entry = item.toObject();
        const QString operation = entry[L1("op")].toString().toLower();
        const qint64 bytes = entry[L1("value")].toInteger();
        if (operation == L1("read"))
            stats.blockReadBytes = stats.blockReadBytes.value_or(0) + bytes;
        else if (operation == L1("write"))
            stats.blockWrittenBytes = stats.blockWrittenBytes.value_or(0) + bytes;
    }
}

} // namespace

Expected<ContainerStatsDecoder::Sample> ContainerStatsDecoder::decode(const QByteArray& line)
{
    auto parsed = parseObject(line);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    Sample sample { decodeTime(object[L1("read")].toString()), {} };
    sample.stats.id = object[L1("id")].toString();
    const QJsonValue cpu =
        object[L1("cpu_stats")].toObject()[L1("cpu_usage")].toObject()[L1("total_usage")];
    const qint64 elapsedMs = m_read.isValid() ? m_read.msecsTo(sample.read) : 0;
    if (cpu.isDouble()) {
        const qint64 used = cpu.toInteger();
        if (m_cpuNanoseconds >= 0 && elapsedMs > 0 && used >= m_cpuNanoseconds)
            sample.stats.cpuPercent =
                double(used - m_cpuNanoseconds) / (double(elapsedMs) * 1e6) * 100.0;
        m_cpuNanoseconds = used;
        m_read = sample.read;
    }
    readMemory(sample.stats, object[L1("memory_stats")].toObject());
    readNetworks(sample.stats, object[L1("networks")].toObject());
    readBlocks(sample.stats,
        object[L1("blkio_stats")].toObject()[L1("io_service_bytes_recursive")].toArray());
    if (const QJsonValue pids = object[L1("pids_stats")].toObject()[L1("current")]; pids.isDouble())
        sample.stats.pids = pids.toInteger();
    return sample;
}

} // namespace portlight::client::json
