#include "engine/api/timestamps.h"

#include <charconv>
#include <chrono>
#include <ctime>

namespace portlight::api {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::optional<std::int64_t> digits(std::string_view text)
{
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || text[0] == '-' || error != std::errc {} || stop != end)
        return std::nullopt;
    return value;
}

} // namespace

Result<std::optional<std::int64_t>> parseTimestamp(const std::string& text, const std::string& name)
{
    if (text.empty() || text == "0")
        return std::optional<std::int64_t>();
    const auto dot = text.find('.');
    const auto seconds = digits(std::string_view(text).substr(0, dot));
    std::string fraction = dot == std::string::npos ? "0" : text.substr(dot + 1);
    const bool fits = !fraction.empty() && fraction.size() <= 9;
    fraction.resize(9, '0');
    const auto nanoseconds = digits(fraction);
    if (!seconds || !nanoseconds || !fits || *seconds > INT64_MAX / kSecond - 1)
        return makeError(Errc::InvalidArgument,
            "invalid value '" + text + "' of " + name + ": not a Unix timestamp");
    return std::optional<std::int64_t>(*seconds * kSecond + *nanoseconds);
}

std::string formatTimestamp(std::int64_t nanoseconds)
{
    std::int64_t seconds = nanoseconds / kSecond;
    std::int64_t rest = nanoseconds % kSecond;
    if (rest < 0) {
        rest += kSecond;
        --seconds;
    }
    const std::time_t time = seconds;
    std::tm utc {};
    ::gmtime_r(&time, &utc);
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ",
        utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
        static_cast<long>(rest));
    return std::string(text, static_cast<std::size_t>(size));
}

std::int64_t wallClockNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace portlight::api
