#pragma once

#include "app/client/types/container_stats.h"
#include "app/models/time_series.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace portlight::models {

/// Ten minutes of figures of one container, a sample per tick.
struct ContainerHistory {
    TimeSeries cpuPercent; ///< 100 = one core
    TimeSeries memoryBytes;
    TimeSeries networkReceivedPerSecond; ///< bytes
    TimeSeries networkSentPerSecond;
    TimeSeries blockReadPerSecond;
    TimeSeries blockWrittenPerSecond;
    client::ContainerStats last; ///< the totals and limits of the newest tick
    qint64 lastTimeMs = 0;
};

/// Figures of all containers for charts. Keeps the newest 300 containers; about 60 KB each when
/// full.
class StatsHistory : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void applyStats(const client::StatsTick& tick);
    /// Forgets containers that are not in @p ids, for example removed ones.
    void keepOnly(const QSet<QString>& ids);
    void clear();
    /// Null when nothing was measured. Valid until the next change of this object.
    const ContainerHistory* history(const QString& id) const;

signals:
    /// Once per tick, after all figures were taken.
    void updated();

private:
    QHash<QString, ContainerHistory> m_histories;
};

/// Bytes per second between two totals; nullopt when one is missing or the counter went back.
std::optional<double> ratePerSecond(
    std::optional<qint64> before, std::optional<qint64> after, qint64 elapsedMs);

} // namespace portlight::models
