#pragma once

#include "engine/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace portlight::api {

/// A request target ("/v1.43/images/json?all=1") taken apart and decoded. RFC 3986, sections 2.1
/// and 3; `+` in a query is a space, as clients' form encoders write it.
struct Target {
    std::string path;
    std::multimap<std::string, std::string> query;
};

/// Errors: InvalidArgument for a target that does not start with "/" (absolute form is taken
/// without its authority), a broken percent sequence, or a NUL byte.
Result<Target> parseTarget(std::string_view text);

/// Undoes percent encoding. Errors: InvalidArgument for a broken sequence or a NUL byte.
Result<std::string> percentDecode(std::string_view text, bool plusIsSpace = false);

} // namespace portlight::api
