#include "app/views/charts/axis_steps.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace portlight::views {

namespace {

// An empty chart still needs a scale that means something.
double smallestEnd(AxisUnit unit)
{
    switch (unit) {
    case AxisUnit::Percent:
        return 20;
    case AxisUnit::Count:
        return 4;
    default:
        return 4000;
    }
}

double niceEnd(double largest, AxisUnit unit)
{
    const double wanted = std::max(largest, smallestEnd(unit));
    const double power = std::pow(10.0, std::floor(std::log10(wanted)));
    constexpr std::array kSteps { 1.0, 2.0, 4.0, 5.0, 8.0, 10.0 };
    for (const double step : kSteps)
        if (step * power >= wanted)
            return step * power;
    return 10 * power;
}

} // namespace

double axisEnd(double largest, double current, AxisUnit unit)
{
    const double end = niceEnd(largest, unit);
    if (end >= current || largest < current / 3)
        return end;
    return current;
}

qint64 timeStepMs(qint64 spanMs, int labels)
{
    constexpr qint64 kSecond = 1000;
    constexpr qint64 kMinute = 60 * kSecond;
    constexpr qint64 kHour = 60 * kMinute;
    constexpr qint64 kDay = 24 * kHour;
    constexpr std::array kSteps { kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond, 15 * kSecond,
        30 * kSecond, kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
        kHour, 2 * kHour, 3 * kHour, 6 * kHour, 12 * kHour, kDay, 2 * kDay, 5 * kDay };
    for (const qint64 step : kSteps)
        if (spanMs / step < labels)
            return step;
    return 10 * kDay;
}

} // namespace portlight::views
