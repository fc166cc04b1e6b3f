#include "app/models/format.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <array>
#include <cmath>

namespace portlight::models::format {

namespace {

/// Texts of this file in the translations.
struct Format {
    Q_DECLARE_TR_FUNCTIONS(Format)
};

constexpr QChar kThinSpace(0x2009);

QString scaled(double value)
{
    static constexpr std::array<const char*, 6> kUnits { "B", "kB", "MB", "GB", "TB", "PB" };
    std::size_t unit = 0;
    // 999.95 would be written as 1000.0 of the smaller unit.
    while (std::abs(value) >= (unit == 0 ? 1000.0 : 999.95) && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    return QLocale().toString(value, 'f', unit == 0 ? 0 : 1) + kThinSpace
        + QLatin1String(kUnits.at(unit));
}

} // namespace

QString unknown()
{
    return QStringLiteral("–");
}

QString percent(std::optional<double> value)
{
    return value ? QLocale().toString(*value, 'f', 1) + kThinSpace + u'%' : unknown();
}

QString bytes(std::optional<qint64> value)
{
    return value ? scaled(double(*value)) : unknown();
}

QString bytesPerSecond(std::optional<double> value)
{
    return value ? Format::tr("%1/s", "amount of data per second").arg(scaled(*value)) : unknown();
}

QString bytesOfLimit(std::optional<qint64> value, std::optional<qint64> limit)
{
    return value && limit ? bytes(value) + QStringLiteral(" / ") + bytes(limit) : bytes(value);
}

QString count(std::optional<qint64> value)
{
    return value ? QLocale().toString(*value) : unknown();
}

QString decimal(std::optional<double> value)
{
    if (!value)
        return unknown();
    const bool isWhole = std::abs(*value - std::round(*value)) < 0.05;
    return QLocale().toString(*value, 'f', isWhole ? 0 : 1);
}

QString age(const QDateTime& moment, const QDateTime& now)
{
    if (!moment.isValid())
        return unknown();
    const qint64 seconds = std::max<qint64>(0, moment.secsTo(now));
    constexpr int kMinute = 60;
    constexpr int kHour = 60 * kMinute;
    constexpr int kDay = 24 * kHour;
    if (seconds < kMinute)
        return Format::tr("just now");
    if (seconds < kHour)
        return Format::tr("%n minute(s) ago", nullptr, int(seconds / kMinute));
    if (seconds < kDay)
        return Format::tr("%n hour(s) ago", nullptr, int(seconds / kHour));
    if (seconds < qint64(60) * kDay)
        return Format::tr("%n day(s) ago", nullptr, int(seconds / kDay));
    if (seconds < qint64(730) * kDay)
        return Format::tr("%n month(s) ago", nullptr, int(seconds / (qint64(30) * kDay)));
    return Format::tr("%n year(s) ago", nullptr, int(seconds / (qint64(365) * kDay)));
}

QString absoluteTime(const QDateTime& moment)
{
    return moment.isValid() ? QLocale().toString(moment.toLocalTime(), QLocale::LongFormat)
                            : unknown();
}

QString duration(std::chrono::seconds value)
{
    const qint64 seconds = std::max<qint64>(0, value.count());
    if (seconds < 60)
        return Format::tr("%1 s", "seconds").arg(seconds);
    if (seconds < 3600)
        return Format::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    return Format::tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
}

QString port(const client::PortMapping& mapping)
{
    const QString inside = QStringLiteral("%1/%2").arg(mapping.containerPort).arg(mapping.protocol);
    return mapping.hostPort == 0 ? inside
                                 : QStringLiteral("%1 → %2").arg(mapping.hostPort).arg(inside);
}

QString ports(const QList<client::PortMapping>& mappings)
{
    QStringList texts;
    for (const auto& mapping : mappings)
        if (const QString text = port(mapping); !texts.contains(text))
            texts.append(text);
    return texts.join(QStringLiteral(", "));
}

QString containerState(client::ContainerState state)
{
    using client::ContainerState;
    switch (state) {
    case ContainerState::Created:
        return Format::tr("Created", "state of a container");
    case ContainerState::Running:
        return Format::tr("Running", "state of a container");
    case ContainerState::Paused:
        return Format::tr("Paused", "state of a container");
    case ContainerState::Restarting:
        return Format::tr("Restarting", "state of a container");
    case ContainerState::Removing:
        return Format::tr("Removing", "state of a container");
    case ContainerState::Exited:
        return Format::tr("Exited", "state of a container");
    case ContainerState::Dead:
        return Format::tr("Dead", "state of a container");
    case ContainerState::Unknown:
        break;
    }
    return unknown();
}

QString containerState(const client::ContainerSummary& container)
{
    const QString word = containerState(container.state);
    if (container.state == client::ContainerState::Exited && container.exitCode)
        return QStringLiteral("%1 (%2)").arg(word).arg(*container.exitCode);
    if (container.state == client::ContainerState::Running
        && container.health == client::Health::Unhealthy)
        return Format::tr("Unhealthy", "state of a container");
    return word;
}

} // namespace portlight::models::format
