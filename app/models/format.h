#pragma once

#include "app/client/types/container_summary.h"
#include "app/client/types/image_summary.h"
#include "app/client/types/port_mapping.h"

#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>

/// Text of values, by the default QLocale. A value and its unit stand a thin space apart; what is
/// not known is "–", never 0.
namespace portlight::models::format {

QString unknown();
/// `42.7 %`: one decimal always, so that live figures keep their width.
QString percent(std::optional<double> value);
/// `1.2 GB`, powers of 1000, one decimal from kB on.
QString bytes(std::optional<qint64> value);
/// `1.2 MB/s`.
QString bytesPerSecond(std::optional<double> value);
/// `120 MB / 512 MB`, or the first alone without a limit.
QString bytesOfLimit(std::optional<qint64> value, std::optional<qint64> limit);
QString count(std::optional<qint64> value);
/// `3` or `3.5`: a mean of things that are counted.
QString decimal(std::optional<double> value);
/// "just now", "5 minutes ago", "3 days ago"; "–" when invalid.
QString age(const QDateTime& moment, const QDateTime& now = QDateTime::currentDateTimeUtc());
/// Long date and time in the user's zone, for tooltips; "–" when invalid.
QString absoluteTime(const QDateTime& moment);
/// "45 s", "3 min 20 s", "2 h 5 min".
QString duration(std::chrono::seconds value);
/// "8080 → 80/tcp", "80/tcp" when not published.
QString port(const client::PortMapping& mapping);
/// All of them, duplicates of IPv4 and IPv6 once, joined by ", "; empty when there is none.
QString ports(const QList<client::PortMapping>& mappings);
/// "Running", "Exited (137)", …, translated.
QString containerState(const client::ContainerSummary& container);
QString containerState(client::ContainerState state);

} // namespace portlight::models::format
