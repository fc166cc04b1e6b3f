#pragma once

#include "engine/image/byte_source.h"

#include <memory>
#include <string_view>

namespace portlight::image {

enum class Compression { None, Gzip, Zstd, Other };

/// From a stream's first bytes (at least 6). Other: xz, bzip2, lz4 and what libarchive knows.
Compression detectCompression(std::string_view firstBytes);

/// What @p compressed holds, inflated as its first bytes say: gzip by ISA-L (about three times as
/// fast as zlib), zstd by libzstd, xz and bzip2 by libarchive, anything else passed on unchanged.
/// Concatenated members and frames follow each other as the formats say. Errors (from next()):
/// InvalidArgument for corrupt or truncated data, naming the format.
/// @p found, where given, says what it was once the first block was read.
std::unique_ptr<ByteSource> decompress(
    std::unique_ptr<ByteSource> compressed, Compression* found = nullptr);

} // namespace portlight::image
