#pragma once

#include "engine/base/json.h"
#include "engine/core/metrics_store.h"

#include <string>
#include <vector>

namespace portlight::api {

/// One recorded container of GET /portlight/v1/history.
struct HistorySeries {
    core::RecordedContainer container;
    bool isRunning = false;
    bool isGone = false; ///< removed: only its record is left
    std::vector<core::MetricsPoint> points;
};

/// `{"from":…,"to":…,"step":…,"containers":[{"id","name","image","running","gone","first","last",
/// "time":[…],"cpuPercent":[…],…}],"events":[…]}`: a column per figure, null where it was not
/// measured, no entry where nothing was recorded. Times are seconds since the epoch, those of
/// events nanoseconds.
std::string historyText(const core::HistoryRange& range, const std::vector<HistorySeries>& series,
    const std::vector<core::Event>& events);

Json recordedJson(const HistorySeries& series);

} // namespace portlight::api
