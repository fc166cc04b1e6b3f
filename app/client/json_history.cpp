#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <limits>

namespace portlight::client::json {

using L1 = QLatin1String;

namespace {

/// As columns of the answer are called, in the order of Metric.
constexpr std::array<const char*, kMetricCount> kColumns { "cpuPercent", "cpuPeakPercent",
    "memoryBytes", "memoryPeakBytes", "networkReceivedPerSecond", "networkSentPerSecond",
    "blockReadPerSecond", "blockWrittenPerSecond", "pids", "cpuPressurePercent",
    "memoryPressurePercent", "ioPressurePercent" };

RecordedContainer recordedContainer(const QJsonObject& object)
{
    RecordedContainer container;
    container.id = object[L1("id")].toString();
    container.name = object[L1("name")].toString();
    container.image = object[L1("image")].toString();
    container.firstMs = integer(object[L1("first")]) * 1000;
    container.lastMs = integer(object[L1("last")]) * 1000;
    container.isRunning = object[L1("running")].toBool();
    container.isGone = object[L1("gone")].toBool();
    return container;
}

QList<double> numbers(const QJsonArray& array, qsizetype length)
{
    QList<double> values(length, std::numeric_limits<double>::quiet_NaN());
    for (qsizetype at = 0; at < std::min(length, array.size()); ++at)
        if (const QJsonValue value = array.at(at); value.isDouble())
            values[at] = value.toDouble();
    return values;
}

MetricsSeries metricsSeries(const QJsonObject& object)
{
    MetricsSeries series;
    series.container = recordedContainer(object);
    qint64 last = std::numeric_limits<qint64>::min();
    for (const auto& time : object[L1("time")].toArray()) {
        const qint64 ms = integer(time) * 1000;
        if (ms <= last)
            break; // not what the engine sends: what follows cannot be placed
        series.timesMs.append(ms);
        last = ms;
    }
    for (std::size_t column = 0; column < kColumns.size(); ++column)
        series.values[column] =
            numbers(object[L1(kColumns[column])].toArray(), series.timesMs.size());
    return series;
}

} // namespace

Expected<MetricsHistory> decodeHistory(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    if (!object[L1("containers")].isArray() || integer(object[L1("step")]) <= 0)
        return shapeError(QStringLiteral("a history without containers or step"));
    MetricsHistory history;
    history.fromMs = integer(object[L1("from")]) * 1000;
    history.toMs = integer(object[L1("to")]) * 1000;
    history.stepMs = integer(object[L1("step")]) * 1000;
    for (const auto& item : object[L1("containers")].toArray())
        history.series.append(metricsSeries(item.toObject()));
    for (const auto& item : object[L1("events")].toArray())
        if (const Expected<EngineEvent> event = eventFrom(item.toObject()))
            history.events.append(*event);
    return history;
}

Expected<QList<RecordedContainer>> decodeRecordedContainers(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    if (!(*parsed)[L1("containers")].isArray())
        return shapeError(QStringLiteral("a record without containers"));
    QList<RecordedContainer> containers;
    for (const auto& item : (*parsed)[L1("containers")].toArray())
        if (RecordedContainer container = recordedContainer(item.toObject());
            !container.id.isEmpty())
            containers.append(std::move(container));
    return containers;
}

Expected<DiskUsage> decodeDiskUsage(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    if (!parsed->contains(L1("LayersSize")))
        return shapeError(QStringLiteral("disk usage without sizes"));
    DiskUsage usage;
    usage.imageBytes = integer((*parsed)[L1("LayersSize")]);
    for (const auto& item : (*parsed)[L1("Images")].toArray()) {
        const QJsonObject image = item.toObject();
        if (integer(image[L1("Containers")]) == 0)
            usage.unusedImageBytes += std::max<qint64>(0,
                integer(image[L1("Size")]) - std::max<qint64>(0, integer(image[L1("SharedSize")])));
    }
    for (const auto& item : (*parsed)[L1("Containers")].toArray())
        usage.containerBytes += integer(item.toObject()[L1("SizeRw")]);
    for (const auto& item : (*parsed)[L1("Volumes")].toArray()) {
        const QJsonObject data = item.toObject()[L1("UsageData")].toObject();
        const qint64 bytes = std::max<qint64>(0, integer(data[L1("Size")])); // -1: not known
        usage.volumeBytes += bytes;
        if (integer(data[L1("RefCount")]) == 0)
            usage.unusedVolumeBytes += bytes;
    }
    return usage;
}

Expected<ProcessTable> decodeProcessTable(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    if (!(*parsed)[L1("Titles")].isArray())
        return shapeError(QStringLiteral("a list of processes without titles"));
    ProcessTable table;
    table.titles = strings((*parsed)[L1("Titles")]);
    for (const auto& row : (*parsed)[L1("Processes")].toArray())
        table.rows.append(strings(row));
    return table;
}

} // namespace portlight::client::json
