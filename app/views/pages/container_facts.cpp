#include "app/views/pages/container_facts.h"

#include "app/models/format.h"

#include <QCoreApplication>
#include <QLocale>

namespace portlight::views {

namespace {

namespace format = models::format;

QString tr(const char* text)
{
    return QCoreApplication::translate("ContainerFacts", text);
}

QString orUnknown(const QString& text)
{
    return text.isEmpty() ? format::unknown() : text;
}

QString limitText(const client::ResourceLimits& limits)
{
    QStringList parts;
    if (limits.memoryBytes)
        parts << format::bytes(limits.memoryBytes);
    if (limits.cpuCores)
        parts << tr(QT_TRANSLATE_NOOP("ContainerFacts", "%1 CPU"))
                     .arg(QLocale().toString(*limits.cpuCores, 'g', 4));
    if (limits.pids)
        parts << tr(QT_TRANSLATE_NOOP("ContainerFacts", "%1 processes"))
                     .arg(format::count(limits.pids));
    return parts.isEmpty() ? tr(QT_TRANSLATE_NOOP("ContainerFacts", "none"))
                           : parts.join(QStringLiteral(", "));
}

QString mountsText(const QList<client::MountInfo>& mounts)
{
    QStringList lines;
    for (const client::MountInfo& mount : mounts)
        lines << QStringLiteral("%1 → %2").arg(mount.source, mount.destination);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QList<Fact> containerFacts(const client::ContainerDetails& details)
{
    const QString command = (details.entrypoint + details.command).join(QLatin1Char(' '));
    const bool hasRun = details.started.isValid();
    QString ended = format::unknown();
    if (details.finished.isValid() && details.exitCode)
        ended = tr(QT_TRANSLATE_NOOP("ContainerFacts", "%1, exit code %2"))
                    .arg(format::age(details.finished))
                    .arg(*details.exitCode);
    if (details.wasOomKilled)
        ended += QLatin1Char('\n')
            + tr(QT_TRANSLATE_NOOP("ContainerFacts", "out of memory: killed by the kernel"));
    if (!details.startError.isEmpty())
        ended = details.startError;
    return {
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Container ID")), details.id.left(12), true },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Image")), orUnknown(details.image) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Command")), orUnknown(command), true },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Created")), format::age(details.created) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Started")),
            hasRun ? format::age(details.started) : format::unknown() },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Last end")), ended },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Process")),
            details.pid > 0 ? QString::number(details.pid) : format::unknown() },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Limits")), limitText(details.limits) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Restart policy")),
            orUnknown(details.restartPolicy) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Network")), orUnknown(details.networkMode) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Ports")),
            orUnknown(format::ports(details.ports)) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Mounts")),
            orUnknown(mountsText(details.mounts)) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "Host name")), orUnknown(details.hostname) },
        { tr(QT_TRANSLATE_NOOP("ContainerFacts", "User")), orUnknown(details.user) },
    };
}

} // namespace portlight::views
