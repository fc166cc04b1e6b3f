#pragma once

#include "app/theme/tokens.h"
#include "app/views/charts/axis_steps.h"

#include <QtCharts/QChartView>

#include <optional>

class QCategoryAxis;
class QLineSeries;
class QRubberBand;

namespace portlight::views {

/// A span of time, milliseconds since the epoch.
struct TimeSpan {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    qint64 length() const { return toMs - fromMs; }
    bool operator==(const TimeSpan&) const = default;
};

/// One line of a HistoryPlot.
struct HistoryLine {
    QString name;
    int colorIndex = 0; ///< into Tokens::series, taken round; from the sixth on dash-dotted
    bool isSecond = false; ///< of a pair (sent, written): dashed
    QList<QList<QPointF>> runs; ///< x in milliseconds since the epoch
};

/// Something that happened, on the time axis.
struct HistoryMark {
    qint64 timeMs = 0;
    theme::Tone tone = theme::Tone::Info;
    QString text; ///< "web: out of memory"
};

/// The plot of a HistoryCard: lines over any span of time, marks, a cursor. Dragging chooses a
/// span, the wheel zooms about the pointer, dragging with Shift or the middle button moves. What is
/// asked for is only signalled, so that all linked charts move together.
class HistoryPlot : public QChartView {
    Q_OBJECT

public:
    explicit HistoryPlot(AxisUnit unit, QWidget* parent = nullptr);

    void setSpan(const TimeSpan& span);
    const TimeSpan& span() const { return m_span; }
    void setLines(QList<HistoryLine> lines);
    void setMarks(QList<HistoryMark> marks);
    void setCursor(std::optional<qint64> timeMs);
    void retranslate();
    QColor lineColor(const HistoryLine& line) const;
    Qt::PenStyle lineStyle(const HistoryLine& line) const;

signals:
    void cursorMoved(std::optional<qint64> timeMs);
    void spanRequested(const portlight::views::TimeSpan& span);
    /// Double click: back to the chosen range.
    void resetRequested();

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    void showLines();
    void labelTime();
    void setAxisEnd(double end);
    void applyTheme();
    double plotX(qint64 timeMs) const;
    qint64 timeAt(double x) const;
    const HistoryMark* markAt(const QPointF& position) const;

    AxisUnit m_unit;
    TimeSpan m_span { 0, 600'000 };
    QList<HistoryLine> m_lines;
    QList<HistoryMark> m_marks;
    QList<QLineSeries*> m_series; ///< reused, one per stretch of a line
    QCategoryAxis* m_timeAxis; ///< milliseconds after m_span.fromMs
    QCategoryAxis* m_valueAxis;
    double m_axisEnd = 0;
    std::optional<qint64> m_cursor;
    QRubberBand* m_band;
    QPointF m_pressed;
    TimeSpan m_pressedSpan;
    bool m_isMoving = false;
};

/// @p span moved or shortened so that it ends no later than @p nowMs and is at least ten seconds
/// and at most 30 days long.
TimeSpan withinRecord(TimeSpan span, qint64 nowMs);

} // namespace portlight::views
