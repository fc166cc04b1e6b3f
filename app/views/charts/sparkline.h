#pragma once

#include "app/models/time_series.h"

#include <QColor>
#include <QRectF>

class QPainter;

namespace portlight::views {

/// Paints the last samples of @p series into @p rect: a 1.25 px line over a 14 % wash, from 0 to
/// @p maximum so that rows compare. Gaps stay gaps.
void paintSparkline(QPainter& painter, const QRectF& rect, const models::TimeSeries& series,
    double maximum, const QColor& color);

} // namespace portlight::views
