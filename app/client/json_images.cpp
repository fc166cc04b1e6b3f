#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <algorithm>

namespace portlight::client::json {

using L1 = QLatin1String;

namespace {

/// Without "<none>:<none>", which is how the API writes "no name".
QStringList named(const QJsonValue& value)
{
    QStringList names;
    for (const QString& name : strings(value))
        if (!name.startsWith(L1("<none>")))
            names.append(name);
    return names;
}

} // namespace

Expected<QList<ImageSummary>> decodeImages(const QByteArray& body)
{
    auto parsed = parseArray(body);
    if (!parsed)
        return parsed.error();
    QList<ImageSummary> images;
    for (const auto& item : *parsed) {
        const QJsonObject object = item.toObject();
        ImageSummary image;
        image.id = object[L1("Id")].toString();
        if (image.id.isEmpty())
            return shapeError(QStringLiteral("an image without an id"));
        image.references = named(object[L1("RepoTags")]);
        image.digests = named(object[L1("RepoDigests")]);
        if (const qint64 seconds = integer(object[L1("Created")]); seconds > 0)
            image.created = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
        image.sizeBytes = integer(object[L1("Size")]);
        image.containers = object[L1("Containers")].toInt(-1);
        image.architecture = object[L1("Architecture")].toString();
        images.append(image);
    }
    return images;
}

Expected<ImageDetails> decodeImage(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    ImageDetails image;
    image.id = object[L1("Id")].toString();
    if (image.id.isEmpty())
        return shapeError(QStringLiteral("an image without an id"));
    image.references = named(object[L1("RepoTags")]);
    image.created = decodeTime(object[L1("Created")].toString());
    image.sizeBytes = integer(object[L1("Size")]);
    image.architecture = object[L1("Architecture")].toString();
    image.variant = object[L1("Variant")].toString();
    image.os = object[L1("Os")].toString();
    image.author = object[L1("Author")].toString();
    readImageConfig(object[L1("Config")].toObject(), image);
    image.layers = strings(object[L1("RootFS")].toObject()[L1("Layers")]);
    image.rawJson = body;
    return image;
}

void readImageConfig(const QJsonObject& config, ImageDetails& image)
{
    image.entrypoint = words(config[L1("Entrypoint")]);
    image.command = words(config[L1("Cmd")]);
    image.environment = strings(config[L1("Env")]);
    image.workingDirectory = config[L1("WorkingDir")].toString();
    image.user = config[L1("User")].toString();
    image.exposedPorts = config[L1("ExposedPorts")].toObject().keys();
    image.volumes = config[L1("Volumes")].toObject().keys();
    image.labels = stringMap(config[L1("Labels")]);
}

Expected<QStringList> decodeRemovedImage(const QByteArray& body)
{
    auto parsed = parseArray(body);
    if (!parsed)
        return parsed.error();
    QStringList lines;
    for (const auto& item : *parsed) {
        const QJsonObject object = item.toObject();
        for (const char* verb : { "Untagged", "Deleted" })
            if (const QString what = object[L1(verb)].toString(); !what.isEmpty())
                lines.append(QStringLiteral("%1: %2").arg(L1(verb), what));
    }
    return lines;
}

Expected<PullProgress> decodePullProgress(const QByteArray& line)
{
    auto parsed = parseObject(line);
    if (!parsed)
        return parsed.error();
    const QJsonObject& object = *parsed;
    QString error = object[L1("errorDetail")].toObject()[L1("message")].toString();
    if (error.isEmpty())
        error = object[L1("error")].toString();
    if (!error.isEmpty())
        return ApiError { ApiError::Cause::Refused, 0, error };
    const QJsonObject detail = object[L1("progressDetail")].toObject();
    return PullProgress { object[L1("id")].toString(), object[L1("status")].toString(),
        std::max<qint64>(0, integer(detail[L1("current")])),
        std::max<qint64>(0, integer(detail[L1("total")])),
        object[L1("stream")].toString().trimmed(), object[L1("aux")].toObject() };
}

} // namespace portlight::client::json
