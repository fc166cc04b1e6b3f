#include "app/views/charts/sparkline.h"

#include "app/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace portlight::views {

namespace {

constexpr double kLineWidth = 1.25;
constexpr double kWash = 0.14;

void paintRun(QPainter& painter, const QRectF& rect, const QList<QPointF>& run, const QColor& color)
{
    if (run.size() < 2)
        return;
    QPolygonF area(run);
    area.append(QPointF(run.last().x(), rect.bottom()));
    area.append(QPointF(run.first().x(), rect.bottom()));
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::withAlpha(color, kWash));
    painter.drawPolygon(area);
    painter.setPen(QPen(color, kLineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(run.constData(), int(run.size()));
}

} // namespace

void paintSparkline(QPainter& painter, const QRectF& rect, const models::TimeSeries& series,
    double maximum, const QColor& color)
{
    if (series.isEmpty() || maximum <= 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double step = rect.width() / std::max(1, series.capacity() - 1);
    // The newest sample stands at the right edge whatever the number of samples.
    const double left = rect.right() - step * (series.size() - 1);
    QList<QPointF> run;
    for (int at = 0; at < series.size(); ++at) {
        const double value = series.at(at).value;
        if (std::isnan(value)) {
            paintRun(painter, rect, run, color);
            run.clear();
            continue;
        }
        const double share = std::clamp(value / maximum, 0.0, 1.0);
        run.append(QPointF(left + at * step, rect.bottom() - share * (rect.height() - 1)));
    }
    paintRun(painter, rect, run, color);
    painter.restore();
}

} // namespace portlight::views
