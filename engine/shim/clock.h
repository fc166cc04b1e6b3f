#pragma once

#include <cstdint>
#include <ctime>

namespace portlight::shim {

/// Nanoseconds since the epoch.
inline std::int64_t wallClockNs()
{
    timespec now {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t { now.tv_sec } * 1000000000 + now.tv_nsec;
}

/// Milliseconds of a clock that nobody sets.
inline std::int64_t steadyClockMs()
{
    timespec now {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t { now.tv_sec } * 1000 + now.tv_nsec / 1000000;
}

} // namespace portlight::shim
