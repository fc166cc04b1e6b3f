#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <QTimeZone>

namespace portlight::client::json {

using L1 = QLatin1String;

Expected<EngineVersion> decodeVersion(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    EngineVersion version;
    version.name = object[L1("Platform")].toObject()[L1("Name")].toString();
    version.version = object[L1("Version")].toString();
    version.apiVersion = object[L1("ApiVersion")].toString();
    version.minApiVersion = object[L1("MinAPIVersion")].toString();
    version.operatingSystem = object[L1("Os")].toString();
    version.architecture = object[L1("Arch")].toString();
    version.kernel = object[L1("KernelVersion")].toString();
    if (version.version.isEmpty())
        return shapeError(QStringLiteral("it names no version"));
    return version;
}

Expected<EngineInfo> decodeInfo(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    EngineInfo info;
    info.hostName = object[L1("Name")].toString();
    info.operatingSystem = object[L1("OperatingSystem")].toString();
    info.kernel = object[L1("KernelVersion")].toString();
    info.architecture = object[L1("Architecture")].toString();
    info.cpuCount = object[L1("NCPU")].toInt();
    info.memoryBytes = integer(object[L1("MemTotal")]);
    info.dataRoot = object[L1("DockerRootDir")].toString();
    info.storageDriver = object[L1("Driver")].toString();
    info.cgroupVersion = object[L1("CgroupVersion")].toString();
    info.cgroupDriver = object[L1("CgroupDriver")].toString();
    info.containers = object[L1("Containers")].toInt();
    info.containersRunning = object[L1("ContainersRunning")].toInt();
    info.images = object[L1("Images")].toInt();
    for (const QString& option : strings(object[L1("SecurityOptions")]))
        info.isRootless = info.isRootless || option == L1("name=rootless");
    info.warnings = strings(object[L1("Warnings")]);
    return info;
}

Expected<HostReport> decodeHostReport(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    if (!object[L1("features")].isArray())
        return shapeError(QStringLiteral("it lists no features"));
    HostReport report;
    report.isRootless = object[L1("rootless")].toBool();
    report.kernel = object[L1("kernel")].toString();
    report.cgroupVersion = object[L1("cgroupVersion")].toVariant().toInt();
    for (const auto& item : object[L1("features")].toArray()) {
        const QJsonObject entry = item.toObject();
        HostFeature feature;
        feature.name = entry[L1("key")].toString();
        feature.group = entry[L1("group")].toString();
        feature.isAvailable = entry[L1("available")].toBool();
        feature.detail = entry[L1("detail")].toString();
        feature.cause = entry[L1("cause")].toString();
        feature.fix = entry[L1("fix")].toString();
        if (!feature.name.isEmpty())
            report.features.append(feature);
    }
    return report;
}

Expected<EngineEvent> decodeEvent(const QByteArray& line)
{
    auto parsed = parseObject(line);
    return parsed ? eventFrom(*parsed) : Expected<EngineEvent>(parsed.error());
}

Expected<EngineEvent> eventFrom(const QJsonObject& object)
{
    EngineEvent event;
    event.type = object[L1("Type")].toString();
    event.action = object[L1("Action")].toString();
    const QJsonObject actor = object[L1("Actor")].toObject();
    event.actorId = actor[L1("ID")].toString();
    event.attributes = stringMap(actor[L1("Attributes")]);
    if (const qint64 nanoseconds = integer(object[L1("timeNano")]); nanoseconds > 0)
        event.time = QDateTime::fromMSecsSinceEpoch(nanoseconds / 1'000'000, Qt::UTC);
    else
        event.time = QDateTime::fromSecsSinceEpoch(integer(object[L1("time")]), Qt::UTC);
    if (event.type.isEmpty() || event.action.isEmpty())
        return shapeError(QStringLiteral("an event without type or action"));
    return event;
}

namespace {

std::optional<qint64> measured(const QJsonObject& object, L1 name)
{
    const QJsonValue value = object[name];
    return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
}

} // namespace

Expected<StatsTick> decodeStatsTick(const QByteArray& line)
{
    auto parsed = parseObject(line);
    if (!parsed)
        return parsed.error();
    StatsTick tick;
    tick.read = decodeTime((*parsed)[L1("read")].toString());
    if (!tick.read.isValid() || !(*parsed)[L1("containers")].isArray())
        return shapeError(QStringLiteral("figures without time or containers"));
    for (const auto& item : (*parsed)[L1("containers")].toArray()) {
        const QJsonObject entry = item.toObject();
        ContainerStats stats;
        stats.id = entry[L1("id")].toString();
        if (entry[L1("cpuPercent")].isDouble())
            stats.cpuPercent = entry[L1("cpuPercent")].toDouble();
        stats.memoryBytes = measured(entry, L1("memoryBytes"));
        stats.memoryLimitBytes = measured(entry, L1("memoryLimitBytes"));
        stats.networkReceivedBytes = measured(entry, L1("networkReceivedBytes"));
        stats.networkSentBytes = measured(entry, L1("networkSentBytes"));
        stats.blockReadBytes = measured(entry, L1("blockReadBytes"));
        stats.blockWrittenBytes = measured(entry, L1("blockWrittenBytes"));
        stats.pids = measured(entry, L1("pids"));
        if (!stats.id.isEmpty())
            tick.containers.append(stats);
    }
    return tick;
}

} // namespace portlight::client::json
