#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace portlight {

/// The wall clock, nanoseconds since the epoch.
std::int64_t wallClockNs();

/// "2026-01-02T03:04:05.000000006Z". RFC 3339; always nine digits where @p keepsZeros, otherwise
/// trailing zeros of the fraction are left out, as Go's RFC3339Nano does.
std::string formatTimestamp(std::int64_t timeNs, bool keepsZeros = false);

/// RFC 3339 with any offset and 0–9 digits of fraction. Errors: InvalidArgument.
Result<std::int64_t> parseTimestamp(std::string_view text);

/// What Engine API clients send as since and until: seconds since the epoch, with up to nine digits
/// of fraction ("1136073600.000000001"), or RFC 3339. Errors: InvalidArgument naming the text.
Result<std::int64_t> parseTimeQuery(std::string_view text);

} // namespace portlight
