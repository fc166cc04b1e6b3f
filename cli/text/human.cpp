#include "cli/text/human.h"

#include "engine/base/timestamps.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <span>

namespace portlight::cli {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string scaled(double amount, double base, int digits, std::span<const char* const> units)
{
    std::size_t unit = 0;
    while (amount >= base && unit + 1 < units.size()) {
        amount /= base;
        ++unit;
    }
    std::array<char, 64> text {};
    std::snprintf(text.data(), text.size(), "%.*g%s", digits, amount, units[unit]);
    return text.data();
}

std::string counted(std::int64_t count, const char* unit)
{
    return std::to_string(count) + ' ' + unit;
}

/// A decimal number at the start of @p text, which loses it.
bool takeDecimal(std::string_view& text, double& number)
{
    const auto parsed =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (parsed.ec != std::errc {})
        return false;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return true;
}

double unitNs(std::string_view unit)
{
    constexpr std::pair<std::string_view, double> units[] { { "ns", 1 }, { "us", 1e3 },
        { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 } };
    for (const auto& [name, ns] : units)
        if (unit == name)
            return ns;
    return 0;
}

} // namespace

std::string humanSize(double bytes, int digits)
{
    constexpr std::array units { "B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" };
    return scaled(bytes, 1000, digits, units);
}

std::string binarySize(double bytes)
{
    constexpr std::array units { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" };
    return scaled(bytes, 1024, 4, units);
}

std::string humanDuration(std::int64_t seconds)
{
    if (seconds < 1)
        return "Less than a second";
    if (seconds == 1)
        return "1 second";
    if (seconds < 60)
        return counted(seconds, "seconds");
    const std::int64_t minutes = seconds / 60;
    if (minutes == 1)
        return "About a minute";
    if (minutes < 60)
        return counted(minutes, "minutes");
    const auto hours = static_cast<std::int64_t>(std::llround(static_cast<double>(seconds) / 3600));
    if (hours == 1)
        return "About an hour";
    if (hours < 48)
        return counted(hours, "hours");
    if (hours < 24 * 7 * 2)
        return counted(hours / 24, "days");
    if (hours < 24 * 30 * 2)
        return counted(hours / 24 / 7, "weeks");
    if (hours < 24 * 365 * 2)
        return counted(hours / 24 / 30, "months");
    return counted(hours / 24 / 365, "years");
}

std::string ago(std::int64_t epochSeconds)
{
    if (epochSeconds <= 0)
        return "N/A";
    return humanDuration(std::time(nullptr) - epochSeconds) + " ago";
}

Result<std::int64_t> parseBytes(const std::string& text)
{
    std::string_view rest = text;
    double amount = 0;
    const auto bad = [&] {
        return makeError(Errc::InvalidArgument, "invalid size: '" + text + "'");
    };
    if (text == "-1")
        return std::int64_t { -1 };
    if (!takeDecimal(rest, amount) || amount < 0)
        return bad();
    while (rest.starts_with(' '))
        rest.remove_prefix(1);
    constexpr std::string_view units = "bkmgtp";
    double factor = 1;
    if (!rest.empty()) {
        const auto unit =
            units.find(static_cast<char>(std::tolower(static_cast<unsigned char>(rest.front()))));
        std::string tail(rest.substr(1));
        std::ranges::transform(
            tail, tail.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (unit == std::string_view::npos || (tail != "" && tail != "b" && tail != "ib"))
            return bad();
        factor = std::pow(1024.0, static_cast<double>(unit));
    }
    if (amount * factor >= static_cast<double>(std::numeric_limits<std::int64_t>::max()))
        return bad();
    return static_cast<std::int64_t>(amount * factor);
}

Result<std::int64_t> parseDuration(const std::string& text)
{
    std::string_view rest = text;
    double total = 0;
    const auto bad = [&] {
        return makeError(Errc::InvalidArgument, "time: invalid duration \"" + text + "\"");
    };
    if (text == "0")
        return std::int64_t { 0 };
    if (text.empty())
        return bad();
    while (!rest.empty()) {
        double amount = 0;
        if (!takeDecimal(rest, amount))
            return bad();
        const std::size_t end = std::min(rest.find_first_of("0123456789."), rest.size());
        const double unit = unitNs(rest.substr(0, end));
        if (unit == 0)
            return bad();
        rest.remove_prefix(end);
        total += amount * unit;
    }
    if (total < 0 || total >= 9e18)
        return bad();
    return static_cast<std::int64_t>(total);
}

std::string momentOrAgo(const std::string& text)
{
    const auto duration = parseDuration(text);
    if (text.empty() || text == "0" || !duration)
        return text;
    const std::int64_t ns = wallClockNs() - duration.value();
    std::array<char, 48> moment {};
    std::snprintf(moment.data(), moment.size(), "%lld.%09lld",
        static_cast<long long>(ns / 1'000'000'000), static_cast<long long>(ns % 1'000'000'000));
    return moment.data();
}

std::string shortened(const std::string& text, std::size_t count)
{
    const auto isStart = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    if (static_cast<std::size_t>(std::ranges::count_if(text, isStart)) <= count)
        return text;
    std::string out;
    std::size_t seen = 0;
    for (const char c : text) {
        if (isStart(c) && ++seen == count)
            break;
        out += c;
    }
    return out + "…";
}

std::string shortId(std::string id)
{
    if (const std::size_t colon = id.find(':'); colon != std::string::npos)
        id.erase(0, colon + 1);
    return id.substr(0, 12);
}

std::string dateTime(std::int64_t epochSeconds)
{
    std::tm parts {};
    const std::time_t moment = epochSeconds;
    ::localtime_r(&moment, &parts);
    std::array<char, 64> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z %Z", &parts);
    return text.data();
}

std::string base64(std::string_view bytes, bool isUrl)
{
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U
                | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            out += i <= bytes.size() - at ? kAlphabet[group >> (18U - 6U * i) & 63U] : '=';
    }
    if (isUrl)
        for (char& c : out)
            c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

Result<std::string> fromBase64(std::string_view text)
{
    std::string out;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        if (c == '=' || c == '\n')
            continue;
        const std::size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos)
            return makeError(Errc::InvalidArgument, "invalid base64");
        group = group << 6U | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 255U);
        }
    }
    return out;
}

std::string join(const std::vector<std::string>& words, const std::string& separator)
{
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() && &word == &words.front() ? std::string() : separator) + word;
    return out;
}

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = text.find(separator, at);
        parts.push_back(text.substr(at, end - at));
        if (end == std::string::npos)
            return parts;
        at = end + 1;
    }
}

} // namespace portlight::cli
