#pragma once

#include "engine/image/byte_source.h"
#include "engine/image/decompress.h"

#include <memory>

namespace portlight::image {

/// @p plain compressed: gzip by ISA-L (one thread, several times as fast as zlib), zstd by libzstd
/// on all processors, or passed on for Compression::None. The same bytes give the same result.
std::unique_ptr<ByteSource> compress(std::unique_ptr<ByteSource> plain, Compression compression);

} // namespace portlight::image
