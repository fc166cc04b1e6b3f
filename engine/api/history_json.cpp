#include "engine/api/history_json.h"

#include "engine/api/event_filter.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace portlight::api {

namespace {

/// As columns stand in MetricsPoint::Field; percents have two decimals, all else none.
constexpr std::array<std::pair<std::string_view, int>, core::MetricsPoint::FieldCount> kColumns {
    { { "cpuPercent", 2 }, { "cpuPeakPercent", 2 }, { "memoryBytes", 0 }, { "memoryPeakBytes", 0 },
        { "networkReceivedPerSecond", 0 }, { "networkSentPerSecond", 0 },
        { "blockReadPerSecond", 0 }, { "blockWrittenPerSecond", 0 }, { "pids", 1 },
        { "cpuPressurePercent", 2 }, { "memoryPressurePercent", 2 }, { "ioPressurePercent", 2 } }
};

// By hand: a month of figures is a million numbers, which as Json values would take 16 bytes each.
void appendNumber(std::string& text, float value, int decimals)
{
    if (std::isnan(value)) {
        text += "null";
        return;
    }
    char digits[64];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals);
    text.append(digits, end.ptr);
    // "12.00" and "12.50" say no more than "12" and "12.5".
    if (decimals > 0) {
        while (text.back() == '0')
            text.pop_back();
        if (text.back() == '.')
            text.pop_back();
    }
}

template <class AppendOne>
void appendColumn(std::string& text, std::string_view name,
    const std::vector<core::MetricsPoint>& points, AppendOne appendOne)
{
    text += ",\"";
    text += name;
    text += "\":[";
    for (const auto& point : points) {
        if (&point != points.data())
            text += ',';
        appendOne(point);
    }
    text += ']';
}

std::string seriesText(const HistorySeries& series)
{
    std::string text = dumpJson(recordedJson(series));
    text.pop_back(); // the columns go on in the same object
    appendColumn(text, "time", series.points,
        [&](const auto& point) { text += std::to_string(point.timeSeconds); });
    for (std::size_t field = 0; field < kColumns.size(); ++field)
        appendColumn(text, kColumns[field].first, series.points, [&](const auto& point) {
            appendNumber(text, point.values[field], kColumns[field].second);
        });
    return text + "}";
}

} // namespace

Json recordedJson(const HistorySeries& series)
{
    const auto& container = series.container;
    return Json { { "id", container.id }, { "name", container.name }, { "image", container.image },
        { "first", container.firstSeconds }, { "last", container.lastSeconds },
        { "running", series.isRunning }, { "gone", series.isGone } };
}

std::string historyText(const core::HistoryRange& range, const std::vector<HistorySeries>& series,
    const std::vector<core::Event>& events)
{
    std::string text = "{\"from\":" + std::to_string(range.fromSeconds)
        + ",\"to\":" + std::to_string(range.toSeconds)
        + ",\"step\":" + std::to_string(range.stepSeconds) + ",\"containers\":[";
    for (const auto& one : series)
        text += (&one == series.data() ? "" : ",") + seriesText(one);
    text += "],\"events\":";
    Json list = Json::array();
    for (const auto& event : events)
        list.push_back(toJson(event));
    return text + dumpJson(list) + "}\n";
}

} // namespace portlight::api
