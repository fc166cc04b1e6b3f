#include "engine/base/timestamps.h"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace portlight {

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// 9999-12-31 in seconds; also keeps seconds * 10^9 inside 64 bits, which reach to the year 2262.
constexpr std::int64_t kLastSecond = 9'223'372'035;

/// Takes exactly @p digits decimal digits off the front of @p text.
bool takeNumber(std::string_view& text, std::size_t digits, int& value)
{
    if (text.size() < digits)
        return false;
    const char* const end = text.data() + digits;
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc() || stop != end || text.front() == '-')
        return false;
    text.remove_prefix(digits);
    return true;
}

bool takeChar(std::string_view& text, char wanted)
{
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

/// ".123" as nanoseconds; nothing is 0.
bool takeFraction(std::string_view& text, std::int64_t& ns)
{
    ns = 0;
    if (!takeChar(text, '.'))
        return true;
    std::int64_t unit = kNsPerSecond / 10;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (++digits > 9)
            return false;
        ns += (text.front() - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
    }
    return digits > 0;
}

bool takeOffset(std::string_view& text, std::int64_t& seconds)
{
    seconds = 0;
    if (takeChar(text, 'Z') || takeChar(text, 'z'))
        return true;
    const bool isBehind = !text.empty() && text.front() == '-';
    int hours = 0;
    int minutes = 0;
    if (!takeChar(text, isBehind ? '-' : '+') || !takeNumber(text, 2, hours) || !takeChar(text, ':')
        || !takeNumber(text, 2, minutes) || hours > 23 || minutes > 59)
        return false;
    seconds = (hours * 60 + minutes) * 60 * (isBehind ? -1 : 1);
    return true;
}

} // namespace

std::int64_t wallClockNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string formatTimestamp(std::int64_t timeNs, bool keepsZeros)
{
    std::int64_t fraction = timeNs % kNsPerSecond;
    if (fraction < 0)
        fraction += kNsPerSecond;
    const auto seconds = static_cast<std::time_t>((timeNs - fraction) / kNsPerSecond);
    std::tm utc {};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 32> buffer {};
    const std::size_t size = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::string text(buffer.data(), size);
    std::string digits = std::to_string(fraction);
    digits.insert(0, 9 - digits.size(), '0');
    if (!keepsZeros)
        digits.erase(digits.find_last_not_of('0') + 1);
    if (!digits.empty())
        text += '.' + digits;
    return text + 'Z';
}

Result<std::int64_t> parseTimestamp(std::string_view text)
{
    const auto invalid = [text] {
        return makeError(Errc::InvalidArgument, "invalid time '" + std::string(text) + "'");
    };
    std::string_view rest = text;
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::int64_t fraction = 0;
    std::int64_t offset = 0;
    const bool hasDate = takeNumber(rest, 4, year) && takeChar(rest, '-')
        && takeNumber(rest, 2, month) && takeChar(rest, '-') && takeNumber(rest, 2, day)
        && (takeChar(rest, 'T') || takeChar(rest, 't') || takeChar(rest, ' '));
    const bool hasTime = hasDate && takeNumber(rest, 2, hour) && takeChar(rest, ':')
        && takeNumber(rest, 2, minute) && takeChar(rest, ':') && takeNumber(rest, 2, second)
        && takeFraction(rest, fraction) && takeOffset(rest, offset) && rest.empty();
    const std::chrono::year_month_day date { std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day)) };
    if (!hasTime || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return invalid();
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
    // Go's zero time (year 1), which docker writes for "never", has no nanoseconds in 64 bits.
    if (seconds <= -kLastSecond)
        return 0;
    if (seconds > kLastSecond)
        return invalid();
    return seconds * kNsPerSecond + fraction;
}

Result<std::int64_t> parseTimeQuery(std::string_view text)
{
    std::string_view rest = text;
    const bool isNegative = takeChar(rest, '-');
    std::int64_t seconds = 0;
    const auto [stop, code] = std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
    const auto used = static_cast<std::size_t>(stop - rest.data());
    if (code == std::errc() && used > 0 && rest.front() != '-') {
        rest.remove_prefix(used);
        std::int64_t fraction = 0;
        if (takeFraction(rest, fraction) && rest.empty() && seconds <= kLastSecond) {
            const std::int64_t time = seconds * kNsPerSecond + fraction;
            return isNegative ? -time : time;
        }
    }
    return parseTimestamp(text);
}

} // namespace portlight
