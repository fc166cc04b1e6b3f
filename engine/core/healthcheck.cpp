#include "engine/core/healthcheck.h"

#include <charconv>

namespace portlight::core {

namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kDefaultIntervalNs = 30 * kSecondNs;
constexpr std::int64_t kDefaultTimeoutNs = 30 * kSecondNs;
constexpr std::int64_t kDefaultStartIntervalNs = 5 * kSecondNs;
constexpr int kDefaultRetries = 3;

std::string decimal(double number)
{
    char text[32];
    const auto [end, code] = std::to_chars(std::begin(text), std::end(text), number);
    return code == std::errc() ? std::string(text, end) : std::string("?");
}

} // namespace

Result<void> checkHealthcheck(const Json& healthcheck)
{
    const auto invalid = [](std::string why) {
        return makeError(Errc::InvalidArgument, std::move(why));
    };
    PL_TRY(const auto test, jsonStrings(healthcheck, "Test"));
    if (!test.empty() && test.front() != "NONE" && test.front() != "CMD"
        && test.front() != "CMD-SHELL")
        return invalid("Unknown health check type: '" + test.front().substr(0, 64)
            + "'; it is one of NONE, CMD and CMD-SHELL");
    if (test.size() == 1 && test.front() != "NONE")
        return invalid("Healthcheck: " + test.front() + " needs a command");
    for (const char* field : { "Interval", "Timeout", "StartPeriod", "StartInterval" }) {
        PL_TRY(const auto value, jsonInt(healthcheck, field));
        if (value != 0 && value < kMillisecondNs)
            return invalid(std::string(field) + " in Healthcheck cannot be less than 1ms");
    }
    PL_TRY(const auto retries, jsonInt(healthcheck, "Retries"));
    if (retries < 0 || retries > 1'000'000)
        return invalid("Retries in Healthcheck cannot be negative");
    return success();
}

Json mergedHealthcheck(
    const std::optional<Json>& asked, const std::optional<oci::Healthcheck>& image)
{
    if (!image || image->test.empty())
        return asked.value_or(nullptr);
    Json merged { { "Test", image->test } };
    const auto fill = [&merged](const char* name, std::int64_t value) {
        if (value != 0)
            merged[name] = value;
    };
    fill("Interval", image->intervalNs);
    fill("Timeout", image->timeoutNs);
    fill("StartPeriod", image->startPeriodNs);
    fill("StartInterval", image->startIntervalNs);
    fill("Retries", image->retries);
    if (!asked)
        return merged;
    for (const auto& [name, value] : asked->items())
        if (!value.is_null() && value != 0 && value != Json::array())
            merged[name] = value;
    return merged;
}

std::optional<oci::Healthcheck> effectiveHealthcheck(const ContainerConfig& config)
{
    if (!config.healthcheck)
        return std::nullopt;
    const Json& asked = *config.healthcheck;
    const auto number = [&asked](const char* name, std::int64_t fallback) {
        const auto value = jsonInt(asked, name);
        return value && value.value() > 0 ? value.value() : fallback;
    };
    auto test = jsonStrings(asked, "Test");
    if (!test || test.value().size() < 2)
        return std::nullopt;
    oci::Healthcheck check;
    check.test = std::move(test).value();
    check.intervalNs = number("Interval", kDefaultIntervalNs);
    check.timeoutNs = number("Timeout", kDefaultTimeoutNs);
    check.startPeriodNs = number("StartPeriod", 0);
    check.startIntervalNs = number("StartInterval", kDefaultStartIntervalNs);
    check.retries = static_cast<int>(number("Retries", kDefaultRetries));
    return check;
}

std::vector<std::string> probeCommand(const ContainerConfig& config, const oci::Healthcheck& check)
{
    std::vector<std::string> words;
    if (check.test.front() == "CMD-SHELL")
        words = config.shell.empty() ? std::vector<std::string> { "/bin/sh", "-c" } : config.shell;
    words.insert(words.end(), check.test.begin() + 1, check.test.end());
    return words;
}

std::string durationOf(std::chrono::nanoseconds duration)
{
    const auto count = duration.count();
    if (count < kSecondNs)
        return decimal(static_cast<double>(count) / kMillisecondNs) + "ms";
    std::string text;
    if (const auto minutes = count / (60 * kSecondNs); minutes >= 60)
        text = std::to_string(minutes / 60) + "h" + std::to_string(minutes % 60) + "m";
    else if (minutes > 0)
        text = std::to_string(minutes) + "m";
    return text + decimal(static_cast<double>(count % (60 * kSecondNs)) / kSecondNs) + "s";
}

} // namespace portlight::core
