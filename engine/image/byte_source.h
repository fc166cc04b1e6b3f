#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <memory>
#include <string>

namespace portlight::image {

/// A piece of a byte stream; shared, because hashing and unpacking read the same bytes on their own
/// threads. Never null.
using Block = std::shared_ptr<const std::string>;

inline constexpr std::size_t kBlockBytes = 256U << 10U;

/// A stream of bytes, read front to back by one thread.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// The next piece; an empty one at the end. Errors name what is wrong with the stream.
    virtual Result<Block> next() = 0;
};

/// Reads an open file or pipe from its position to its end.
class FileSource final : public ByteSource {
public:
    /// @p shownName appears in errors.
    FileSource(Fd file, std::string shownName);
    Result<Block> next() override;

private:
    Fd m_file;
    std::string m_shownName;
};

/// Reads ahead on a thread of its own, so that @p inner's work (inflating) and the reader's
/// (writing files) overlap. Holds at most a few blocks.
std::unique_ptr<ByteSource> readAhead(std::unique_ptr<ByteSource> inner);

} // namespace portlight::image
