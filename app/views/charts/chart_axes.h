#pragma once

#include "app/views/charts/axis_steps.h"

#include <QList>
#include <QString>

#include <utility>

class QCategoryAxis;
class QChartView;

namespace portlight::views {

/// What all plots have in common: no title, no legend, no animation, no OpenGL (each costs many
/// times what it gives), a value axis at the left and a time axis below, both labelled by hand.
void preparePlot(QChartView& view, QCategoryAxis& timeAxis, QCategoryAxis& valueAxis);
/// Colours and fonts of the present theme.
void dressPlot(QChartView& view, QCategoryAxis& timeAxis, QCategoryAxis& valueAxis);
/// Replaces the labels of @p axis.
void relabel(QCategoryAxis& axis, const QList<std::pair<QString, double>>& labels);

/// "12.5 %", "1.2 MB", "3 kB/s" for cursors and tables.
QString axisText(double value, AxisUnit unit);
/// Ticks stand at round values: what axisText() says without idle decimals.
QString tickText(double value, AxisUnit unit);

} // namespace portlight::views
