#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <QJsonDocument>

namespace portlight::client::json {

using L1 = QLatin1String;

namespace {

ArchivedImage archivedImage(const QJsonObject& object)
{
    ArchivedImage image;
    image.manifestDigest = object[L1("ManifestDigest")].toString();
    image.isPresent = object[L1("Present")].toBool();
    ImageDetails& details = image.details;
    details.id = object[L1("Id")].toString();
    details.references = strings(object[L1("RepoTags")]);
    details.os = object[L1("Os")].toString();
    details.architecture = object[L1("Architecture")].toString();
    details.created = decodeTime(object[L1("Created")].toString());
    const QJsonObject config = object[L1("Config")].toObject();
    readImageConfig(config, details);
    details.rawJson = QJsonDocument(config).toJson(QJsonDocument::Indented);
    for (const auto& item : object[L1("Layers")].toArray()) {
        const QJsonObject layer = item.toObject();
        image.layers.append({ layer[L1("DiffId")].toString(), layer[L1("Digest")].toString(),
            layer[L1("Member")].toString(), layer[L1("MediaType")].toString(),
            integer(layer[L1("Size")]), layer[L1("Present")].toBool(),
            layer[L1("LeftOut")].toBool(), layer[L1("CreatedBy")].toString() });
        details.layers.append(image.layers.last().diffId);
    }
    details.sizeBytes = image.sizeBytes();
    return image;
}

FileEntry layerEntry(const QJsonObject& object)
{
    FileEntry entry;
    entry.path = object[L1("Path")].toString();
    entry.sizeBytes = integer(object[L1("Size")]);
    entry.mode = object[L1("Mode")].toInt(-1);
    entry.uid = integer(object[L1("Uid")]);
    entry.gid = integer(object[L1("Gid")]);
    entry.target = object[L1("Target")].toString();
    if (const qint64 seconds = integer(object[L1("Modified")]); seconds > 0)
        entry.modified = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    const QString kind = object[L1("Kind")].toString();
    entry.isOpaque = kind == L1("opaque");
    if (kind == L1("directory") || entry.isOpaque)
        entry.kind = FileEntry::Kind::Directory;
    else if (kind == L1("symlink"))
        entry.kind = FileEntry::Kind::Symlink;
    else if (kind == L1("device"))
        entry.kind = FileEntry::Kind::Device;
    else if (kind == L1("fifo"))
        entry.kind = FileEntry::Kind::Fifo;
    else if (kind == L1("removed"))
        entry.change = FileEntry::Change::Removed;
    return entry;
}

} // namespace

Expected<ArchiveReport> decodeArchiveReport(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    ArchiveReport report { object[L1("Format")].toString(), object[L1("Compression")].toString(),
        integer(object[L1("Size")]), integer(object[L1("NewBytes")]), {} };
    for (const auto& item : object[L1("Images")].toArray()) {
        report.images.append(archivedImage(item.toObject()));
        if (report.images.last().details.id.isEmpty())
            return shapeError(QStringLiteral("an image without an id"));
    }
    return report;
}

Expected<FileListing> decodeArchiveLayer(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    FileListing listing;
    for (const auto& item : (*parsed)[L1("Entries")].toArray()) {
        listing.entries.append(layerEntry(item.toObject()));
        if (!listing.entries.last().path.startsWith(QLatin1Char('/')))
            return shapeError(QStringLiteral("a file without a path"));
    }
    listing.count = integer((*parsed)[L1("Count")]);
    return listing;
}

} // namespace portlight::client::json
