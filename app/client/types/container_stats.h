#pragma once

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace portlight::client {

/// What one container used, at one moment. Totals count since the container started; nullopt means
/// that it was not measured, which is never shown as zero.
struct ContainerStats {
    QString id;
    std::optional<double> cpuPercent; ///< 100 = one core
    std::optional<qint64> memoryBytes;
    std::optional<qint64> memoryLimitBytes; ///< nullopt: no limit or not known
    std::optional<qint64> networkReceivedBytes;
    std::optional<qint64> networkSentBytes;
    std::optional<qint64> blockReadBytes;
    std::optional<qint64> blockWrittenBytes;
    std::optional<qint64> pids;

    bool operator==(const ContainerStats&) const = default;
};

/// All running containers at one moment. One line of GET /portlight/v1/stats.
struct StatsTick {
    QDateTime read; ///< UTC, the engine's clock
    QList<ContainerStats> containers;

    bool operator==(const StatsTick&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::StatsTick)
