#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace portlight::image {

inline constexpr std::size_t kTarRecordBytes = 512;

/// The header record of a regular file or a directory (name ends in "/") of root's, time 0: POSIX
/// ustar, with the base-256 size of GNU tar for files of 8 GiB and more. @p name is at most 100
/// bytes.
std::string tarHeader(std::string_view name, std::int64_t sizeBytes);

/// The zeros that fill a file of @p sizeBytes up to a whole record.
std::string tarPadding(std::int64_t sizeBytes);

} // namespace portlight::image
