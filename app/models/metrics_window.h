#pragma once

#include "app/client/types/metrics_history.h"

#include <QPointF>

#include <optional>

namespace portlight::models {

/// A span of recorded figures as charts show it, and its newer part added while it is live.
class MetricsWindow {
public:
    using Metric = client::Metric;

    /// Takes @p history in place of what is there.
    void replace(client::MetricsHistory history);
    /// Adds what is newer: points from history.fromMs on take the place of those held. Series that
    /// are not held are ignored, points before @p keepFromMs go. False where the steps differ, so
    /// that the two cannot be one.
    bool extend(const client::MetricsHistory& history, qint64 keepFromMs);
    void clear() { replace({}); }

    const QList<client::MetricsSeries>& series() const { return m_history.series; }
    const QList<client::EngineEvent>& events() const { return m_history.events; }
    qint64 stepMs() const { return m_history.stepMs; }
    /// Of the newest point of all series; 0 where there is none.
    qint64 lastMs() const;

    /// Stretches without a gap; x in milliseconds since the epoch. A gap is a time without a point
    /// for longer than two steps and a half, or a figure that was not measured.
    QList<QList<QPointF>> runs(qsizetype index, Metric metric) const;
    /// The figure of the span that holds @p timeMs; nullopt where there is none.
    std::optional<double> valueAt(qsizetype index, Metric metric, qint64 timeMs) const;
    std::optional<double> latest(qsizetype index, Metric metric) const;
    bool isMeasured(Metric metric) const;

    /// All of it as comma-separated values: a row per time and container, RFC 3339 in UTC, bytes
    /// and percent as numbers with a point, empty where not measured. RFC 4180.
    QByteArray csv() const;

private:
    client::MetricsHistory m_history;
};

} // namespace portlight::models
