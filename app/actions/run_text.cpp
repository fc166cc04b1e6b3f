#include "app/actions/run_text.h"

#include "app/actions/docker_command.h"

#include <QHostAddress>
#include <QRegularExpression>

#include <optional>

namespace portlight::actions {

namespace {

template <typename Entry, typename Parse>
LinesOf<Entry> parseLines(const QString& text, Parse parse)
{
    LinesOf<Entry> result;
    const QStringList lines = text.split(u'\n');
    for (const QString& raw : lines) {
        const QString line = raw.trimmed();
        if (line.isEmpty())
            continue;
        const std::optional<Entry> entry = parse(line);
        if (!entry) {
            result.badLine = line;
            return result;
        }
        result.entries.append(*entry);
    }
    return result;
}

/// 1–65535; nullopt for all else.
std::optional<quint16> portNumber(const QString& text)
{
    bool isNumber = false;
    const uint number = text.toUInt(&isNumber);
    if (!isNumber || number == 0 || number > 65535)
        return std::nullopt;
    return quint16(number);
}

std::optional<client::PortMapping> parsePort(const QString& line)
{
    static const QRegularExpression form(QStringLiteral(
        "^(?:(?:(?<address>\\[[0-9A-Fa-f:.]+\\]|[0-9.]+):)?(?<host>\\d*):)?(?<inside>\\d+)"
        "(?:/(?<protocol>tcp|udp|sctp))?$"));
    const auto match = form.match(line);
    if (!match.hasMatch())
        return std::nullopt;
    client::PortMapping port;
    QString address = match.captured(QStringLiteral("address"));
    if (address.startsWith(u'['))
        address = address.mid(1, address.size() - 2);
    // QHostAddress takes "10.1" for 10.0.0.1; docker does not.
    const bool isWhole = address.contains(u':') || address.count(u'.') == 3;
    if (!address.isEmpty() && (!isWhole || QHostAddress(address).isNull()))
        return std::nullopt;
    port.hostAddress = address;
    const auto inside = portNumber(match.captured(QStringLiteral("inside")));
    if (!inside)
        return std::nullopt;
    port.containerPort = *inside;
    if (const QString host = match.captured(QStringLiteral("host")); !host.isEmpty()) {
        const auto number = portNumber(host);
        if (!number)
            return std::nullopt;
        port.hostPort = *number;
    }
    if (const QString protocol = match.captured(QStringLiteral("protocol")); !protocol.isEmpty())
        port.protocol = protocol;
    return port;
}

std::optional<client::BindMount> parseMount(const QString& line)
{
    QStringList parts = line.split(u':');
    client::BindMount mount;
    if (parts.size() == 3) {
        const QString mode = parts.takeLast();
        if (mode != QLatin1String("ro") && mode != QLatin1String("rw"))
            return std::nullopt;
        mount.isReadOnly = mode == QLatin1String("ro");
    }
    if (parts.size() != 2)
        return std::nullopt;
    mount.source = parts.at(0);
    mount.destination = parts.at(1);
    const bool hasSource = mount.source.startsWith(u'/') || isValidContainerName(mount.source);
    if (!hasSource || !mount.destination.startsWith(u'/') || mount.destination.size() < 2)
        return std::nullopt;
    return mount;
}

} // namespace

LinesOf<client::PortMapping> parsePorts(const QString& text)
{
    return parseLines<client::PortMapping>(text, parsePort);
}

LinesOf<client::BindMount> parseMounts(const QString& text)
{
    return parseLines<client::BindMount>(text, parseMount);
}

} // namespace portlight::actions
