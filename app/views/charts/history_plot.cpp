#include "app/views/charts/history_plot.h"

#include "app/theme/theme.h"
#include "app/views/charts/chart_axes.h"

#include <QCategoryAxis>
#include <QChart>
#include <QDateTime>
#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QLineSeries>
#include <QLocale>
#include <QMouseEvent>
#include <QRubberBand>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr double kLineWidth = 1.75;
constexpr int kSteps = 4;
constexpr int kLabelWidth = 96;
constexpr qint64 kLeastSpanMs = 10'000;
constexpr qint64 kMostSpanMs = 30LL * 24 * 3600 * 1000;
constexpr double kMarkSize = 8;

/// What tells two neighbouring labels apart, and no more.
QString timeText(const QDateTime& time, qint64 stepMs)
{
    if (stepMs < 60'000)
        return QLocale().toString(time.time(), QStringLiteral("HH:mm:ss"));
    if (stepMs < 86'400'000 && time.time() != QTime(0, 0))
        return QLocale().toString(time.time(), QStringLiteral("HH:mm"));
    return QLocale().toString(time.date(),
        QLocale().language() == QLocale::Chinese ? QStringLiteral("M月d日")
                                                 : QStringLiteral("d MMM"));
}

} // namespace

TimeSpan withinRecord(TimeSpan span, qint64 nowMs)
{
    const qint64 length = std::clamp(span.length(), kLeastSpanMs, kMostSpanMs);
    const qint64 middle = span.fromMs + span.length() / 2;
    const qint64 to = std::min(middle + (length + 1) / 2, nowMs);
    const qint64 from = std::max(to - length, nowMs - kMostSpanMs);
    return { from, from + length };
}

HistoryPlot::HistoryPlot(AxisUnit unit, QWidget* parent)
    : QChartView(new QChart, parent)
    , m_unit(unit)
    , m_timeAxis(new QCategoryAxis)
    , m_valueAxis(new QCategoryAxis)
    , m_band(new QRubberBand(QRubberBand::Rectangle, viewport()))
{
    preparePlot(*this, *m_timeAxis, *m_valueAxis);
    setAxisEnd(axisEnd(0, 0, unit));
    applyTheme();
    labelTime();
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &HistoryPlot::applyTheme);
}

QColor HistoryPlot::lineColor(const HistoryLine& line) const
{
    const auto& colors = theme::theme().series;
    return colors.at(std::size_t(line.colorIndex) % colors.size());
}

Qt::PenStyle HistoryPlot::lineStyle(const HistoryLine& line) const
{
    const bool isRepeated = std::size_t(line.colorIndex) >= theme::theme().series.size();
    if (line.isSecond)
        return isRepeated ? Qt::DotLine : Qt::DashLine;
    return isRepeated ? Qt::DashDotLine : Qt::SolidLine;
}

void HistoryPlot::setSpan(const TimeSpan& span)
{
    if (span == m_span)
        return;
    m_span = span;
    labelTime();
    showLines();
}

void HistoryPlot::setLines(QList<HistoryLine> lines)
{
    m_lines = std::move(lines);
    showLines();
}

void HistoryPlot::setMarks(QList<HistoryMark> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void HistoryPlot::showLines()
{
    qsizetype used = 0;
    double largest = 0;
    for (const HistoryLine& line : std::as_const(m_lines)) {
        const QPen pen(lineColor(line), kLineWidth, lineStyle(line), Qt::RoundCap, Qt::RoundJoin);
        for (const auto& run : line.runs) {
            if (used == m_series.size()) {
                m_series.append(new QLineSeries);
                chart()->addSeries(m_series.last());
                m_series.last()->attachAxis(m_timeAxis);
                m_series.last()->attachAxis(m_valueAxis);
            }
            QList<QPointF> points;
            points.reserve(run.size() + 1);
            for (const QPointF& point : run) {
                points.append({ point.x() - double(m_span.fromMs), point.y() });
                if (point.x() >= double(m_span.fromMs) && point.x() <= double(m_span.toMs))
                    largest = std::max(largest, point.y());
            }
            if (points.size() == 1) // a line of one point is not drawn at all
                points.append(points.first() + QPointF(1000, 0));
            QLineSeries* series = m_series.at(used++);
            if (series->pen() != pen)
                series->setPen(pen);
            series->replace(points);
        }
    }
    for (; used < m_series.size(); ++used)
        m_series.at(used)->clear();
    setAxisEnd(axisEnd(largest, m_axisEnd, m_unit));
}

void HistoryPlot::setAxisEnd(double end)
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

void HistoryPlot::labelTime()
{
    const qint64 step =
        timeStepMs(m_span.length(), std::max(2, (viewport()->width() - 80) / kLabelWidth));
    const qint64 zone =
        QDateTime::fromMSecsSinceEpoch(m_span.fromMs).offsetFromUtc() * qint64(1000);
    // Whole hours and days of the user's clock.
    qint64 time = ((m_span.fromMs + zone) / step + 1) * step - zone;
    QList<std::pair<QString, double>> labels;
    for (; time <= m_span.toMs; time += step)
        labels.append(
            { timeText(QDateTime::fromMSecsSinceEpoch(time), step), double(time - m_span.fromMs) });
    m_timeAxis->setStartValue(0);
    m_timeAxis->setRange(0, double(m_span.length()));
    relabel(*m_timeAxis, labels);
}

void HistoryPlot::setCursor(std::optional<qint64> timeMs)
{
    if (timeMs == m_cursor)
        return;
    m_cursor = timeMs;
    viewport()->update();
}

void HistoryPlot::retranslate()
{
    labelTime();
    setAxisEnd(std::exchange(m_axisEnd, 0));
}

void HistoryPlot::applyTheme()
{
    dressPlot(*this, *m_timeAxis, *m_valueAxis);
    showLines();
}

double HistoryPlot::plotX(qint64 timeMs) const
{
    const QRectF area = chart()->plotArea();
    return area.left() + double(timeMs - m_span.fromMs) / double(m_span.length()) * area.width();
}

qint64 HistoryPlot::timeAt(double x) const
{
    const QRectF area = chart()->plotArea();
    const double share = std::clamp((x - area.left()) / area.width(), 0.0, 1.0);
    return m_span.fromMs + qint64(share * double(m_span.length()));
}

void HistoryPlot::mousePressEvent(QMouseEvent* event)
{
    m_pressed = event->position();
    m_pressedSpan = m_span;
    m_isMoving = event->button() == Qt::MiddleButton
        || (event->button() == Qt::LeftButton && event->modifiers() == Qt::ShiftModifier);
    event->accept();
}

void HistoryPlot::mouseMoveEvent(QMouseEvent* event)
{
    const QRectF area = chart()->plotArea();
    const double x = event->position().x();
    const double moved = x - m_pressed.x();
    if (m_isMoving && event->buttons() != Qt::NoButton) {
        const qint64 by = -qint64(moved / area.width() * double(m_pressedSpan.length()));
        emit spanRequested({ m_pressedSpan.fromMs + by, m_pressedSpan.toMs + by });
        return;
    }
    if (event->buttons() == Qt::LeftButton && std::abs(moved) > 4) {
        const double left = std::clamp(std::min(x, m_pressed.x()), area.left(), area.right());
        const double right = std::clamp(std::max(x, m_pressed.x()), area.left(), area.right());
        m_band->setGeometry(QRectF(left, area.top(), right - left, area.height()).toRect());
        m_band->show();
    }
    if (x < area.left() || x > area.right())
        emit cursorMoved(std::nullopt);
    else
        emit cursorMoved(timeAt(x));
    event->accept();
}

void HistoryPlot::mouseReleaseEvent(QMouseEvent* event)
{
    const bool hasChosen = m_band->isVisible();
    m_band->hide();
    if (hasChosen && !m_isMoving) {
        const qint64 one = timeAt(m_pressed.x());
        const qint64 other = timeAt(event->position().x());
        emit spanRequested({ std::min(one, other), std::max(one, other) });
    }
    m_isMoving = false;
    event->accept();
}

void HistoryPlot::mouseDoubleClickEvent(QMouseEvent* event)
{
    emit resetRequested();
    event->accept();
}

void HistoryPlot::wheelEvent(QWheelEvent* event)
{
    // A wheel alone scrolls the page, as everywhere.
    if (event->modifiers() != Qt::ControlModifier) {
        event->ignore();
        return;
    }
    const double factor = std::pow(0.8, event->angleDelta().y() / 120.0);
    const qint64 centre = timeAt(event->position().x());
    emit spanRequested({ centre - qint64(double(centre - m_span.fromMs) * factor),
        centre + qint64(double(m_span.toMs - centre) * factor) });
    event->accept();
}

void HistoryPlot::leaveEvent(QEvent* event)
{
    emit cursorMoved(std::nullopt);
    QChartView::leaveEvent(event);
}

void HistoryPlot::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    labelTime();
}

const HistoryMark* HistoryPlot::markAt(const QPointF& position) const
{
    const HistoryMark* nearest = nullptr;
    double distance = 7;
    for (const HistoryMark& mark : m_marks)
        if (const double away = std::abs(plotX(mark.timeMs) - position.x()); away < distance) {
            nearest = &mark;
            distance = away;
        }
    return nearest;
}

bool HistoryPlot::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const HistoryMark* mark = markAt(help->pos()))
            QToolTip::showText(help->globalPos(), mark->text, this);
        else
            QToolTip::hideText();
        return true;
    }
    return QChartView::viewportEvent(event);
}

void HistoryPlot::drawForeground(QPainter* painter, const QRectF& rect)
{
    QChartView::drawForeground(painter, rect);
    const QRectF area = chart()->plotArea();
    painter->setPen(Qt::NoPen);
    for (const HistoryMark& mark : std::as_const(m_marks)) {
        if (mark.timeMs < m_span.fromMs || mark.timeMs > m_span.toMs)
            continue;
        const QColor color = theme::theme().status(mark.tone).foreground;
        const double x = std::round(plotX(mark.timeMs)) + 0.5;
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->fillRect(
            QRectF(x - 0.5, area.top(), 1, area.height()), theme::withAlpha(color, 0.35));
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(color);
        painter->drawPolygon(QPolygonF { QPointF(x, area.bottom() - kMarkSize),
            QPointF(x - kMarkSize / 2, area.bottom()), QPointF(x + kMarkSize / 2, area.bottom()) });
    }
    if (!m_cursor || *m_cursor < m_span.fromMs || *m_cursor > m_span.toMs)
        return;
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->fillRect(
        QRectF(std::round(plotX(*m_cursor)), area.top(), 1, area.height()), theme::theme().control);
}

} // namespace portlight::views
