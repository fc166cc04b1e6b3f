#include "app/views/charts/axis_steps.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace portlight::views {

namespace {

// An empty chart still needs a scale that means something.
double smallestEnd(AxisUnit unit)
{
    return unit == AxisUnit::Percent ? 20 : 4000;
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

} // namespace portlight::views
