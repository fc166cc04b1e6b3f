#include "app/views/archive/archive_facts.h"

#include "app/models/archive_model.h"
#include "app/models/format.h"

#include <QCoreApplication>

namespace portlight::views {

namespace format = models::format;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ArchiveFacts)
};

void add(QList<Fact>& facts, const QString& label, const QString& value, bool isMono = false)
{
    if (!value.isEmpty())
        facts.append({ label, value, isMono });
}

QString lines(const QStringList& list)
{
    return list.join(QLatin1Char('\n'));
}

} // namespace

QString archiveFormatText(const client::ArchiveReport& report)
{
    const QString format = report.format == QLatin1String("oci-archive") ? Text::tr("OCI archive")
        : report.format == QLatin1String("docker-archive+oci") ? Text::tr("Docker and OCI archive")
                                                               : Text::tr("Docker archive");
    if (report.compression == QLatin1String("none"))
        return format;
    return Text::tr("%1, compressed (%2)", "%2: gzip, zstd")
        .arg(format,
            report.compression == QLatin1String("other") ? Text::tr("other method")
                                                         : report.compression);
}

QList<Fact> archivedImageFacts(const client::ArchivedImage& image)
{
    const client::ImageDetails& details = image.details;
    QList<Fact> facts;
    add(facts, Text::tr("Names"), lines(details.references));
    add(facts, Text::tr("Platform"), details.os + QLatin1Char('/') + details.architecture);
    add(facts, Text::tr("Made"),
        details.created.isValid() ? format::absoluteTime(details.created) : QString());
    add(facts, Text::tr("In the archive"), format::bytes(image.sizeBytes()));
    add(facts, Text::tr("Layers"), format::count(image.layers.size()));
    add(facts, Text::tr("Entry point"), details.entrypoint.join(QLatin1Char(' ')), true);
    add(facts, Text::tr("Command"), details.command.join(QLatin1Char(' ')), true);
    add(facts, Text::tr("Working directory"), details.workingDirectory, true);
    add(facts, Text::tr("User"), details.user);
    add(facts, Text::tr("Ports"), details.exposedPorts.join(QStringLiteral(", ")));
    add(facts, Text::tr("Volumes"), lines(details.volumes));
    add(facts, Text::tr("Environment"), lines(details.environment));
    QStringList labels;
    for (auto label = details.labels.begin(); label != details.labels.end(); ++label)
        labels.append(label.key() + QLatin1Char('=') + label.value());
    labels.sort();
    add(facts, Text::tr("Labels"), lines(labels));
    add(facts, Text::tr("Author"), details.author);
    add(facts, Text::tr("Image id"), details.id, true);
    add(facts, Text::tr("Manifest"), image.manifestDigest, true);
    return facts;
}

QList<Fact> archivedLayerFacts(const client::ArchivedLayer& layer)
{
    QList<Fact> facts;
    add(facts, Text::tr("Made by"), models::layerTitle(layer.createdBy), true);
    add(facts, Text::tr("In the archive"),
        layer.isLeftOut ? Text::tr("left out: the engine has it") : format::bytes(layer.sizeBytes));
    add(facts, Text::tr("Here already"),
        layer.isPresent ? Text::tr("yes, an import does not unpack it again") : Text::tr("no"));
    add(facts, Text::tr("Type"), layer.mediaType, true);
    add(facts, Text::tr("Digest"), layer.digest, true);
    add(facts, Text::tr("Diff id"), layer.diffId, true);
    add(facts, Text::tr("Member"), layer.member, true);
    return facts;
}

} // namespace portlight::views
