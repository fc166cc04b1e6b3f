#pragma once

#include <QtGlobal>

namespace portlight::views {

enum class AxisUnit {
    Percent, ///< 100 = one core
    Bytes, ///< powers of 1000
    BytesPerSecond,
    Count ///< of processes
};

/// The upper end of a value axis with four equal, readable steps: the smallest of 1, 2, 4, 5, 8 ·
/// 10^n that holds @p largest. It grows at once but shrinks only when less than a third is used, so
/// that the scale rarely moves. @p current is the end so far, 0 at first.
double axisEnd(double largest, double current, AxisUnit unit);

/// Distance of the labels of a time axis over @p spanMs with room for @p labels: whole seconds,
/// minutes, hours or days.
qint64 timeStepMs(qint64 spanMs, int labels);

} // namespace portlight::views
