#include "app/client/engine_client_p.h"

// Our engine's own calls on archives and layers.
namespace portlight::client {

namespace {

const QByteArray kArchives = "/portlight/v1/archives/";

} // namespace

RequestHandle EngineClient::inspectArchive(
    const QString& path, QObject* context, Callback<ArchiveReport> done)
{
    return d->call<ArchiveReport>("POST", kArchives + "inspect?path=" + queryValue(path), {},
        context, done, json::decodeArchiveReport);
}

RequestHandle EngineClient::archiveLayer(
    const QString& path, const QString& member, QObject* context, Callback<FileListing> done)
{
    return d->call<FileListing>("POST",
        kArchives + "layer?path=" + queryValue(path) + "&member=" + queryValue(member), {}, context,
        done, json::decodeArchiveLayer);
}

PullStream* EngineClient::importArchive(
    const QString& path, const QStringList& imageIds, QObject* parent)
{
    QByteArray target = kArchives + "import?path=" + queryValue(path);
    for (const QString& id : imageIds)
        target += "&images=" + queryValue(id);
    return post(target, parent);
}

PullStream* EngineClient::exportArchive(const ExportOrder& order, QObject* parent)
{
    QByteArray target = kArchives + "export?path=" + queryValue(order.path)
        + "&compression=" + queryValue(order.compression)
        + "&format=" + (order.format == ArchiveFormat::Oci ? "oci" : "docker");
    for (const QString& reference : order.references)
        target += "&names=" + queryValue(reference);
    for (const QString& image : order.leftOut)
        target += "&except=" + queryValue(image);
    return post(target, parent);
}

} // namespace portlight::client
