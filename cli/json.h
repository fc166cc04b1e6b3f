#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::cli {

/// Keeps the order in which the engine wrote the members, as `inspect` prints them.
using Json = nlohmann::ordered_json;

/// Errors: Internal, naming the byte; the engine is the only one that sends us JSON.
Result<Json> parseJson(std::string_view text);
/// Text without throwing: invalid UTF-8 becomes U+FFFD. @p indent: spaces a level, -1 for one line.
std::string dumpJson(const Json& value, int indent = -1);

/// The readers below never fail: what is missing or of another type gives the fallback.
const Json& member(const Json& object, const std::string& key);
/// A path of keys with dots: "HostConfig.NetworkMode".
const Json& memberAt(const Json& object, std::string_view path);
std::string text(const Json& value, const std::string& fallback = {});
std::int64_t number(const Json& value, std::int64_t fallback = 0);
double decimal(const Json& value, double fallback = 0);
bool truth(const Json& value);
std::vector<std::string> texts(const Json& value);

} // namespace portlight::cli
