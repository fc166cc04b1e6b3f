#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// The engine's own log (not containers' logs): one line on standard error, `time level text
/// key=value`. Only edges call it (sessions, task roots, main); layers return their errors instead.
namespace portlight::log {

enum class Level { Error, Warn, Info, Debug };

using Field = std::pair<std::string_view, std::string>;
using Fields = std::initializer_list<Field>;

/// Sets what is written from now on; Info until then. Thread-safe.
void setLevel(Level level);
void error(std::string_view text, Fields fields = {});
void warn(std::string_view text, Fields fields = {});
void info(std::string_view text, Fields fields = {});
void debug(std::string_view text, Fields fields = {});

} // namespace portlight::log
