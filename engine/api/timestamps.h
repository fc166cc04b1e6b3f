#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace portlight::api {

/// Points in time as the Engine API takes them in `since` and `until`: seconds since the epoch with
/// an optional fraction of up to nine digits ("1700000000.25"). @p name is for the message.
/// Nanoseconds since the epoch; nullopt for "" and "0", which docker takes as not given.
/// Errors: InvalidArgument.
Result<std::optional<std::int64_t>> parseTimestamp(
    const std::string& text, const std::string& name);

/// "2026-01-31T12:00:00.000000001Z", always nine digits: RFC 3339 as Go's RFC3339Nano sorts best.
std::string formatTimestamp(std::int64_t nanoseconds);

/// Now, nanoseconds since the epoch.
std::int64_t wallClockNs();

} // namespace portlight::api
