#pragma once

#include "engine/base/json.h"
#include "engine/core/stats_sampler.h"

#include <cstdint>
#include <string>

namespace portlight::api {

/// What of a host stands in a container's stats.
struct StatsHost {
    std::int64_t memoryBytes = 0;
    int cpuCount = 0;
};

/// Engine API 1.50, ContainerStatsResponse. @p before may be nullptr (nothing measured before);
/// @p now may be nullptr (the container does not run): all zero, as docker answers.
Json statsJson(const core::Container& container, const core::StatsSample* before,
    const core::StatsSample* now, const StatsHost& host);

/// A line of GET /portlight/v1/stats: totals since the start; what was not measured is absent.
Json snapshotJson(const core::StatsSnapshot* before, const core::StatsSnapshot& now);

} // namespace portlight::api
