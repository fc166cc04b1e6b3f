#include "app/client/engine_client_p.h"

namespace portlight::client {

RequestHandle EngineClient::history(
    const HistoryQuery& query, QObject* context, Callback<MetricsHistory> done)
{
    QByteArray target = "/portlight/v1/history?from=" + QByteArray::number(query.fromMs / 1000)
        + "&to=" + QByteArray::number((query.toMs + 999) / 1000)
        + "&step=" + QByteArray::number(std::max<qint64>(1, query.stepMs / 1000));
    for (const QString& id : query.ids)
        target += "&id=" + queryValue(id);
    return d->call<MetricsHistory>("GET", target, {}, context, done, json::decodeHistory);
}

RequestHandle EngineClient::recordedContainers(
    QObject* context, Callback<QList<RecordedContainer>> done)
{
    return d->call<QList<RecordedContainer>>("GET", "/portlight/v1/history/containers", {}, context,
        done, json::decodeRecordedContainers);
}

RequestHandle EngineClient::diskUsage(QObject* context, Callback<DiskUsage> done)
{
    return d->call<DiskUsage>("GET", "/system/df", {}, context, done, json::decodeDiskUsage);
}

RequestHandle EngineClient::listProcesses(
    const QString& reference, QObject* context, Callback<ProcessTable> done)
{
    return d->call<ProcessTable>("GET", "/containers/" + pathSegment(reference) + "/top", {},
        context, done, json::decodeProcessTable);
}

} // namespace portlight::client
