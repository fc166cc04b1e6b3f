#pragma once

#include "engine/api/http.h"

#include <string>

namespace portlight::api {

inline constexpr ApiVersion kMinimumApiVersion { 1, 24 };
inline constexpr ApiVersion kMaximumApiVersion { 1, 50 };

/// "1.50"
std::string toString(const ApiVersion& version);

/// Takes a prefix "/v1.43" off @p path and gives its version; without one, the newest (Engine API,
/// Versioning). "/version" and the like are no prefixes.
/// Errors: InvalidArgument as docker words it for versions outside kMinimumApiVersion to
/// kMaximumApiVersion.
Result<ApiVersion> takeVersionPrefix(std::string& path);

} // namespace portlight::api
