#pragma once

#include "app/models/time_series.h"
#include "app/views/charts/axis_steps.h"

#include <QtCharts/QChartView>

#include <optional>

class QAreaSeries;
class QCategoryAxis;
class QLineSeries;
class QValueAxis;

namespace portlight::views {

/// Shown span of every chart.
inline constexpr qint64 kChartSpanMs = 10 * 60 * 1000;

/// The plot of a ChartCard: no title, no legend, no animation, no OpenGL (each costs many times
/// what it gives). The x axis is fixed, relative to now; series are replaced whole, downsampled to
/// the width that they have.
class PlotView : public QChartView {
    Q_OBJECT

public:
    PlotView(AxisUnit unit, QList<int> colorIndexes, QWidget* parent = nullptr);

    void setSamples(const QList<const models::TimeSeries*>& samples, qint64 nowMs);
    void setLimit(std::optional<double> limit);
    void setCursor(std::optional<qint64> offsetMs);
    /// Axis labels in the current language and locale.
    void retranslate();

signals:
    void cursorMoved(std::optional<qint64> offsetMs);

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    struct Line {
        int colorIndex = 0;
        QList<QLineSeries*> runs; ///< one per stretch without a gap
        QAreaSeries* area = nullptr; ///< under the first line's newest run
        QLineSeries* areaTop = nullptr;
    };
    QLineSeries* addRun(const QColor& color);
    void fillLine(Line& line, const QList<QList<QPointF>>& runs);
    void setAxisEnd(double end);
    void applyTheme();
    double plotX(qint64 offsetMs) const;

    AxisUnit m_unit;
    QList<Line> m_lines;
    QLineSeries* m_limitLine;
    QCategoryAxis* m_timeAxis;
    QCategoryAxis* m_valueAxis;
    double m_axisEnd = 0;
    std::optional<double> m_limit;
    std::optional<qint64> m_cursor;
};

} // namespace portlight::views
