#include "app/views/pages/container_facts.h"

#include "app/models/format.h"

#include <QCoreApplication>
#include <QLocale>

namespace portlight::views {

namespace {

namespace format = models::format;

/// Gives free functions a translation context.
struct Text {
    Q_DECLARE_TR_FUNCTIONS(ContainerFacts)
};

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
        parts << Text::tr("%1 CPU").arg(QLocale().toString(*limits.cpuCores, 'g', 4));
    if (limits.pids)
        parts << Text::tr("%1 processes").arg(format::count(limits.pids));
    return parts.isEmpty() ? Text::tr("none") : parts.join(QStringLiteral(", "));
}

/// The API's words, for people. Engine API, HostConfig.RestartPolicy.
QString restartText(const QString& policy)
{
    if (policy.isEmpty() || policy == QLatin1String("no"))
        return Text::tr("never", "restart policy");
    if (policy == QLatin1String("always"))
        return Text::tr("always", "restart policy");
    if (policy == QLatin1String("unless-stopped"))
        return Text::tr("unless it was stopped", "restart policy");
    if (policy.startsWith(QLatin1String("on-failure")))
        return Text::tr("when it fails", "restart policy");
    return policy;
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
        ended =
            Text::tr("%1, exit code %2").arg(format::age(details.finished)).arg(*details.exitCode);
    if (details.wasOomKilled)
        ended += QLatin1Char('\n') + Text::tr("out of memory: killed by the kernel");
    if (!details.startError.isEmpty())
        ended = details.startError;
    return {
        { Text::tr("Container ID"), details.id.left(12), true },
        { Text::tr("Image"), orUnknown(details.image) },
        { Text::tr("Command"), orUnknown(command), true },
        { Text::tr("Created"), format::age(details.created) },
        { Text::tr("Started"), hasRun ? format::age(details.started) : format::unknown() },
        { Text::tr("Last end"), ended },
        { Text::tr("Process"), details.pid > 0 ? QString::number(details.pid) : format::unknown() },
        { Text::tr("Limits"), limitText(details.limits) },
        { Text::tr("Restart policy"), restartText(details.restartPolicy) },
        { Text::tr("Network"), orUnknown(details.networkMode) },
        { Text::tr("Ports"), orUnknown(format::ports(details.ports)) },
        { Text::tr("Mounts"), orUnknown(mountsText(details.mounts)) },
        { Text::tr("Host name"), orUnknown(details.hostname) },
        { Text::tr("User"), orUnknown(details.user) },
    };
}

} // namespace portlight::views
