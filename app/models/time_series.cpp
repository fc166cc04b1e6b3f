#include "app/models/time_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace portlight::models {

TimeSeries::TimeSeries(int capacity)
    : m_capacity(std::max(1, capacity))
{
}

void TimeSeries::append(qint64 timeMs, std::optional<double> value)
{
    if (!isEmpty() && timeMs < at(size() - 1).timeMs)
        return;
    const Sample sample { timeMs, value.value_or(std::numeric_limits<double>::quiet_NaN()) };
    if (size() < m_capacity) {
        m_samples.push_back(sample);
        return;
    }
    m_samples[m_oldest] = sample;
    m_oldest = (m_oldest + 1) % m_samples.size();
}

void TimeSeries::clear()
{
    m_samples.clear();
    m_oldest = 0;
}

const TimeSeries::Sample& TimeSeries::at(int index) const
{
    return m_samples[(m_oldest + std::size_t(index)) % m_samples.size()];
}

std::optional<double> TimeSeries::latest() const
{
    if (isEmpty() || std::isnan(at(size() - 1).value))
        return std::nullopt;
    return at(size() - 1).value;
}

std::optional<double> TimeSeries::maximum() const
{
    std::optional<double> largest;
    for (const Sample& sample : m_samples)
        if (!std::isnan(sample.value) && (!largest || sample.value > *largest))
            largest = sample.value;
    return largest;
}

QList<QList<QPointF>> TimeSeries::downsampled(qint64 fromMs, qint64 toMs, int buckets) const
{
    QList<QList<QPointF>> runs;
    QList<QPointF> run;
    const double width = double(std::max<qint64>(1, toMs - fromMs)) / std::max(1, buckets);
    qint64 bucket = -1;
    Sample low;
    Sample high;
    const auto point = [toMs](
                           const Sample& s) { return QPointF(double(s.timeMs - toMs), s.value); };
    const auto closeBucket = [&] {
        if (bucket < 0)
            return;
        const bool lowFirst = low.timeMs <= high.timeMs;
        run.append(point(lowFirst ? low : high));
        if (low.timeMs != high.timeMs)
            run.append(point(lowFirst ? high : low));
        bucket = -1;
    };
    for (int i = 0; i < size(); ++i) {
        const Sample& sample = at(i);
        if (sample.timeMs < fromMs || sample.timeMs > toMs)
            continue;
        if (std::isnan(sample.value)) {
            closeBucket();
            if (!run.isEmpty())
                runs.append(std::exchange(run, {}));
            continue;
        }
        const auto now = qint64(double(sample.timeMs - fromMs) / width);
        if (now != bucket) {
            closeBucket();
            bucket = now;
            low = high = sample;
        } else if (sample.value < low.value) {
            low = sample;
        } else if (sample.value > high.value) {
            high = sample;
        }
    }
    closeBucket();
    if (!run.isEmpty())
        runs.append(run);
    return runs;
}

} // namespace portlight::models
