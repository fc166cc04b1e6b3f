#pragma once

#include <QList>
#include <QPointF>

#include <optional>
#include <vector>

namespace portlight::models {

/// The last @p capacity values of one figure, oldest first, in a ring. Memory grows with the
/// values, 16 bytes each.
class TimeSeries {
public:
    struct Sample {
        qint64 timeMs = 0; ///< since the epoch, UTC
        double value = 0; ///< NaN: not measured, a gap in the chart
    };

    explicit TimeSeries(int capacity = 600);

    /// @p timeMs must not go back; a sample that does is dropped. nullopt is a gap.
    void append(qint64 timeMs, std::optional<double> value);
    void clear();

    int size() const { return static_cast<int>(m_samples.size()); }
    bool isEmpty() const { return m_samples.empty(); }
    int capacity() const { return m_capacity; }
    /// @p index 0 is the oldest.
    const Sample& at(int index) const;
    /// Newest value; nullopt when there is none or the newest is a gap.
    std::optional<double> latest() const;
    /// Largest measured value; nullopt when nothing was measured.
    std::optional<double> maximum() const;

    /// The samples with @p fromMs <= time <= @p toMs as points for a chart: x in milliseconds
    /// relative to @p toMs (0 and below), at most two per bucket, its minimum and its maximum in
    /// the order of their times. Gaps split the result into runs.
    QList<QList<QPointF>> downsampled(qint64 fromMs, qint64 toMs, int buckets) const;

private:
    int m_capacity;
    std::size_t m_oldest = 0;
    std::vector<Sample> m_samples;
};

} // namespace portlight::models
