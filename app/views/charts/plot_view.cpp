#include "app/views/charts/plot_view.h"

#include "app/theme/theme.h"
#include "app/views/charts/chart_axes.h"

#include <QAreaSeries>
#include <QCategoryAxis>
#include <QChart>
#include <QCoreApplication>
#include <QLineSeries>
#include <QMouseEvent>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr double kLineWidth = 1.75;
constexpr double kWash = 0.13;
constexpr int kSteps = 4;

QString minutes(int count)
{
    return QCoreApplication::translate("PlotView", "%n min", "time axis", count);
}

} // namespace

PlotView::PlotView(AxisUnit unit, QList<int> colorIndexes, QWidget* parent)
    : QChartView(new QChart, parent)
    , m_unit(unit)
    , m_limitLine(new QLineSeries)
    , m_timeAxis(new QCategoryAxis)
    , m_valueAxis(new QCategoryAxis)
{
    preparePlot(*this, *m_timeAxis, *m_valueAxis);
    m_timeAxis->setRange(-double(kChartSpanMs), 0);
    m_timeAxis->setStartValue(-double(kChartSpanMs));
    for (const int index : colorIndexes)
        m_lines.append(Line { index, {}, nullptr, nullptr });
    chart()->addSeries(m_limitLine);
    m_limitLine->attachAxis(m_timeAxis);
    m_limitLine->attachAxis(m_valueAxis);
    m_limitLine->hide();
    setAxisEnd(axisEnd(0, 0, unit));
    applyTheme();
    retranslate();
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &PlotView::applyTheme);
}

QLineSeries* PlotView::addRun(const QColor& color)
{
    auto* series = new QLineSeries;
    series->setPen(QPen(color, kLineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    chart()->addSeries(series);
    series->attachAxis(m_timeAxis);
    series->attachAxis(m_valueAxis);
    return series;
}

void PlotView::fillLine(Line& line, const QList<QList<QPointF>>& runs)
{
    const QColor color = theme::theme().series.at(std::size_t(line.colorIndex));
    while (line.runs.size() < runs.size())
        line.runs.append(addRun(color));
    for (qsizetype at = 0; at < line.runs.size(); ++at)
        line.runs.at(at)->replace(at < runs.size() ? runs.at(at) : QList<QPointF>());
    if (&line != &m_lines.first())
        return;
    if (!line.area) {
        line.areaTop = new QLineSeries(this);
        line.area = new QAreaSeries(line.areaTop);
        line.area->setPen(Qt::NoPen); // else it draws its vertical edges too
        line.area->setBrush(theme::withAlpha(color, kWash));
        chart()->addSeries(line.area);
        line.area->attachAxis(m_timeAxis);
        line.area->attachAxis(m_valueAxis);
    }
    line.areaTop->replace(runs.isEmpty() ? QList<QPointF>() : runs.last());
}

void PlotView::setSamples(const QList<const models::TimeSeries*>& samples, qint64 nowMs)
{
    const int buckets = std::max(50, viewport()->width() / 3);
    double largest = m_limit.value_or(0);
    QList<QList<QList<QPointF>>> lines;
    for (const models::TimeSeries* series : samples) {
        lines.append(series ? series->downsampled(nowMs - kChartSpanMs, nowMs, buckets)
                            : QList<QList<QPointF>>());
        for (const auto& run : lines.last())
            for (const QPointF& point : run)
                largest = std::max(largest, point.y());
    }
    setAxisEnd(axisEnd(largest, m_axisEnd, m_unit));
    for (qsizetype at = 0; at < std::min(m_lines.size(), lines.size()); ++at)
        fillLine(m_lines[at], lines.at(at));
}

void PlotView::setLimit(std::optional<double> limit)
{
    if (limit == m_limit)
        return;
    m_limit = limit;
    m_limitLine->setVisible(limit.has_value());
    if (limit)
        m_limitLine->replace({ { -double(kChartSpanMs), *limit }, { 0, *limit } });
}

void PlotView::setAxisEnd(double end)
{
    if (end == m_axisEnd)
        return;
    m_axisEnd = end;
    QList<std::pair<QString, double>> labels;
    for (int step = 0; step <= kSteps; ++step) {
        const double value = end * step / kSteps;
        labels.append({ tickText(value, m_unit), value });
    }
    m_valueAxis->setRange(0, end);
    relabel(*m_valueAxis, labels);
}

void PlotView::setCursor(std::optional<qint64> offsetMs)
{
    if (offsetMs == m_cursor)
        return;
    m_cursor = offsetMs;
    viewport()->update();
}

void PlotView::retranslate()
{
    const double minute = 60'000;
    relabel(*m_timeAxis,
        { { minutes(10), -10 * minute }, { minutes(8), -8 * minute }, { minutes(6), -6 * minute },
            { minutes(4), -4 * minute }, { minutes(2), -2 * minute },
            { QCoreApplication::translate("PlotView", "now", "time axis"), 0 } });
    const double end = std::exchange(m_axisEnd, 0);
    setAxisEnd(end);
}

void PlotView::applyTheme()
{
    const theme::Tokens& tokens = theme::theme();
    dressPlot(*this, *m_timeAxis, *m_valueAxis);
    for (const Line& line : m_lines) {
        const QColor color = tokens.series.at(std::size_t(line.colorIndex));
        for (QLineSeries* run : line.runs)
            run->setPen(QPen(color, kLineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (line.area)
            line.area->setBrush(theme::withAlpha(color, kWash));
    }
    m_limitLine->setPen(QPen(tokens.status(theme::Tone::Bad).foreground, 1, Qt::DashLine));
}

double PlotView::plotX(qint64 offsetMs) const
{
    const QRectF area = chart()->plotArea();
    return area.right() + double(offsetMs) / double(kChartSpanMs) * area.width();
}

void PlotView::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF area = chart()->plotArea();
    const double x = event->position().x();
    if (x < area.left() || x > area.right())
        emit cursorMoved(std::nullopt);
    else
        emit cursorMoved(
            qint64((x - area.right()) / area.width() * double(kChartSpanMs)) / 1000 * 1000);
    QChartView::mouseMoveEvent(event);
}

void PlotView::leaveEvent(QEvent* event)
{
    emit cursorMoved(std::nullopt);
    QChartView::leaveEvent(event);
}

void PlotView::drawForeground(QPainter* painter, const QRectF& rect)
{
    QChartView::drawForeground(painter, rect);
    if (!m_cursor)
        return;
    const QRectF area = chart()->plotArea();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->fillRect(
        QRectF(std::round(plotX(*m_cursor)), area.top(), 1, area.height()), theme::theme().control);
}

} // namespace portlight::views
