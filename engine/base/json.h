#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portlight {

using Json = nlohmann::json;

/// Parses @p text. Errors (InvalidArgument) name the offset; nesting deeper than 128 levels is
/// refused, because the recursion of destructors is on the sender's account otherwise.
Result<Json> parseJson(std::string_view text);

/// Text without throwing: invalid UTF-8 becomes U+FFFD.
std::string dumpJson(const Json& value, int indent = -1);

/// The readers below never throw. A missing key or null gives the fallback (or nullopt); a value of
/// another type is InvalidArgument naming the key.
Result<std::string> jsonString(const Json& object, const char* key, std::string fallback = {});
Result<bool> jsonBool(const Json& object, const char* key, bool fallback = false);
Result<std::int64_t> jsonInt(const Json& object, const char* key, std::int64_t fallback = 0);
Result<std::vector<std::string>> jsonStrings(const Json& object, const char* key);
/// The member as it is, or a null value where the object lacks it or is no object.
const Json& jsonMember(const Json& object, const char* key);

} // namespace portlight
