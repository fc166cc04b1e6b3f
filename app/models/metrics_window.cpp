#include "app/models/metrics_window.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>
#include <cmath>

namespace portlight::models {

namespace {

constexpr const char* kCsvHead =
    "time,container,id,cpu_percent,cpu_peak_percent,memory_bytes,memory_peak_bytes,"
    "network_received_bytes_per_second,network_sent_bytes_per_second,"
    "disk_read_bytes_per_second,disk_written_bytes_per_second,processes,"
    "cpu_pressure_percent,memory_pressure_percent,io_pressure_percent\r\n";

void removeFrom(client::MetricsSeries& series, qsizetype first)
{
    series.timesMs.resize(first);
    for (auto& column : series.values)
        column.resize(first);
}

void removeBefore(client::MetricsSeries& series, qint64 keepFromMs)
{
    const auto first = std::lower_bound(series.timesMs.begin(), series.timesMs.end(), keepFromMs);
    const qsizetype count = first - series.timesMs.begin();
    series.timesMs.remove(0, count);
    for (auto& column : series.values)
        column.remove(0, count);
}

void append(client::MetricsSeries& series, const client::MetricsSeries& newer)
{
    if (newer.timesMs.isEmpty())
        return;
    const auto first =
        std::lower_bound(series.timesMs.begin(), series.timesMs.end(), newer.timesMs.first());
    removeFrom(series, first - series.timesMs.begin());
    series.timesMs += newer.timesMs;
    for (std::size_t column = 0; column < series.values.size(); ++column)
        series.values[column] += newer.values[column];
}

QByteArray quoted(const QString& text)
{
    QByteArray bytes = text.toUtf8();
    if (bytes.contains(',') || bytes.contains('"') || bytes.contains('\n'))
        bytes = '"' + bytes.replace("\"", "\"\"") + '"';
    return bytes;
}

} // namespace

void MetricsWindow::replace(client::MetricsHistory history)
{
    m_history = std::move(history);
}

bool MetricsWindow::extend(const client::MetricsHistory& history, qint64 keepFromMs)
{
    if (history.stepMs != m_history.stepMs)
        return false;
    for (client::MetricsSeries& held : m_history.series) {
        for (const client::MetricsSeries& newer : history.series)
            if (newer.container.id == held.container.id) {
                held.container = newer.container;
                append(held, newer);
            }
        removeBefore(held, keepFromMs);
    }
    auto& events = m_history.events;
    events.removeIf([&](const client::EngineEvent& event) {
        const qint64 time = event.time.toMSecsSinceEpoch();
        return time < keepFromMs || time >= history.fromMs;
    });
    events += history.events;
    m_history.toMs = history.toMs;
    return true;
}

qint64 MetricsWindow::lastMs() const
{
    qint64 last = 0;
    for (const auto& series : m_history.series)
        if (!series.timesMs.isEmpty())
            last = std::max(last, series.timesMs.last());
    return last;
}

QList<QList<QPointF>> MetricsWindow::runs(qsizetype index, Metric metric) const
{
    const client::MetricsSeries& series = m_history.series.at(index);
    const QList<double>& values = series.of(metric);
    const qint64 gap = m_history.stepMs * 5 / 2;
    QList<QList<QPointF>> runs;
    bool isOpen = false;
    for (qsizetype at = 0; at < series.timesMs.size(); ++at) {
        const qint64 time = series.timesMs.at(at);
        if (std::isnan(values.at(at)) || (at > 0 && time - series.timesMs.at(at - 1) > gap))
            isOpen = false;
        if (std::isnan(values.at(at)))
            continue;
        if (!std::exchange(isOpen, true))
            runs.append(QList<QPointF>());
        runs.last().append({ double(time), values.at(at) });
    }
    return runs;
}

std::optional<double> MetricsWindow::valueAt(qsizetype index, Metric metric, qint64 timeMs) const
{
    const client::MetricsSeries& series = m_history.series.at(index);
    const auto after = std::upper_bound(series.timesMs.begin(), series.timesMs.end(), timeMs);
    if (after == series.timesMs.begin())
        return std::nullopt;
    const qsizetype at = after - series.timesMs.begin() - 1;
    if (timeMs - series.timesMs.at(at) >= m_history.stepMs * 5 / 2)
        return std::nullopt;
    const double value = series.of(metric).at(at);
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::optional<double> MetricsWindow::latest(qsizetype index, Metric metric) const
{
    const qint64 last = lastMs();
    return last == 0 ? std::nullopt : valueAt(index, metric, last);
}

bool MetricsWindow::isMeasured(Metric metric) const
{
    return std::any_of(
        m_history.series.begin(), m_history.series.end(), [metric](const auto& series) {
            const QList<double>& values = series.of(metric);
            return std::any_of(
                values.begin(), values.end(), [](double value) { return !std::isnan(value); });
        });
}

QByteArray MetricsWindow::csv() const
{
    QByteArray text = kCsvHead;
    for (const client::MetricsSeries& series : m_history.series) {
        const QByteArray who =
            ',' + quoted(series.container.name) + ',' + series.container.id.toUtf8();
        for (qsizetype at = 0; at < series.timesMs.size(); ++at) {
            text += QDateTime::fromMSecsSinceEpoch(series.timesMs.at(at), Qt::UTC)
                        .toString(Qt::ISODate)
                        .toLatin1();
            text += who;
            for (const auto& column : series.values) {
                text += ',';
                if (!std::isnan(column.at(at)))
                    text += QByteArray::number(column.at(at), 'g', 12);
            }
            text += "\r\n";
        }
    }
    return text;
}

} // namespace portlight::models
