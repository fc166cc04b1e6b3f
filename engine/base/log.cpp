#include "engine/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace portlight::log {

namespace {

spdlog::logger& logger()
{
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "engine", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        return made;
    }();
    return *instance;
}

// Values may come from outside: a line feed in one must not look like a line of ours.
std::string quotedValue(std::string_view value)
{
    if (!value.empty() && value.find_first_of(" \"\n\r\t=") == std::string_view::npos)
        return std::string(value);
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            text.push_back('\\');
        text.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    return text + "\"";
}

void write(spdlog::level::level_enum level, std::string_view text, Fields fields)
{
    if (!logger().should_log(level))
        return;
    std::string line(text);
    for (const auto& [key, value] : fields)
        line.append(" ").append(key).append("=").append(quotedValue(value));
    logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

} // namespace

void setLevel(Level level)
{
    switch (level) {
    case Level::Error:
        return logger().set_level(spdlog::level::err);
    case Level::Warn:
        return logger().set_level(spdlog::level::warn);
    case Level::Info:
        return logger().set_level(spdlog::level::info);
    case Level::Debug:
        return logger().set_level(spdlog::level::debug);
    }
}

void error(std::string_view text, Fields fields)
{
    write(spdlog::level::err, text, fields);
}
void warn(std::string_view text, Fields fields)
{
    write(spdlog::level::warn, text, fields);
}
void info(std::string_view text, Fields fields)
{
    write(spdlog::level::info, text, fields);
}
void debug(std::string_view text, Fields fields)
{
    write(spdlog::level::debug, text, fields);
}

} // namespace portlight::log
