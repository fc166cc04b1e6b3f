#pragma once

#include "app/client/types/engine_event.h"

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <array>

namespace portlight::client {

/// What the engine's recorder measures.
enum class Metric {
    CpuPercent, ///< 100 = one core
    CpuPeakPercent, ///< largest second of a span
    MemoryBytes,
    MemoryPeakBytes,
    ReceivedPerSecond, ///< bytes
    SentPerSecond,
    ReadPerSecond,
    WrittenPerSecond,
    Pids,
    CpuPressure, ///< percent of the time in which some process waited
    MemoryPressure,
    IoPressure,
};
inline constexpr int kMetricCount = 12;

/// A container that figures were recorded of; it may be gone.
struct RecordedContainer {
    QString id;
    QString name;
    QString image;
    qint64 firstMs = 0; ///< since the epoch
    qint64 lastMs = 0;
    bool isRunning = false;
    bool isGone = false;

    bool operator==(const RecordedContainer&) const = default;
};

/// Its figures, a column each. Where nothing was recorded there is no entry, where a figure was not
/// measured it is NaN.
struct MetricsSeries {
    RecordedContainer container;
    QList<qint64> timesMs; ///< begin of each span, rising
    std::array<QList<double>, kMetricCount> values; ///< as long as timesMs

    const QList<double>& of(Metric metric) const { return values[std::size_t(metric)]; }
};

/// Answer of GET /portlight/v1/history.
struct MetricsHistory {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    qint64 stepMs = 1000; ///< at least what was asked for
    QList<MetricsSeries> series;
    QList<EngineEvent> events; ///< oldest first
};

struct HistoryQuery {
    QStringList ids;
    qint64 fromMs = 0;
    qint64 toMs = 0;
    qint64 stepMs = 1000;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::MetricsHistory)
