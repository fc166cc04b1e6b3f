#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Figures in docker's words.
namespace portlight::cli {

/// "1.24MB": powers of 1000, @p digits significant ones.
std::string humanSize(double bytes, int digits = 3);
/// "1.95MiB": powers of 1024, four significant digits.
std::string binarySize(double bytes);
/// "3 minutes", "About an hour".
std::string humanDuration(std::int64_t seconds);
/// "3 minutes ago" of a moment in seconds since the epoch.
std::string ago(std::int64_t epochSeconds);
/// "128m", "1.5g", "512": bytes. Errors: InvalidArgument naming the text.
Result<std::int64_t> parseBytes(const std::string& text);
/// "1m30s", "500ms": nanoseconds. Errors: InvalidArgument naming the text.
Result<std::int64_t> parseDuration(const std::string& text);
/// What --since and --until take: a moment as it is, or "42m" for 42 minutes ago; in the form that
/// the Engine API takes.
std::string momentOrAgo(const std::string& text);
/// The first @p count characters (not bytes), the last of them "…" where any is left out.
std::string shortened(const std::string& text, std::size_t count);
/// An id without its algorithm, 12 characters of it.
std::string shortId(std::string id);
/// Seconds since the epoch as "2026-01-02 03:04:05 +0000 UTC".
std::string dateTime(std::int64_t epochSeconds);
/// Standard base64; @p isUrl with - and _ (RFC 4648).
std::string base64(std::string_view bytes, bool isUrl = false);
Result<std::string> fromBase64(std::string_view text);
std::string join(const std::vector<std::string>& words, const std::string& separator);
std::vector<std::string> split(const std::string& text, char separator);

} // namespace portlight::cli
