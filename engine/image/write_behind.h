#pragma once

#include "engine/base/fd.h"

#include <fcntl.h>

#include <cstdint>

namespace portlight::image {

/// Has the disk begin with what was written to a large file while the rest is still being made: the
/// sync that ends an import then finds little left to wait for. sync_file_range(2); a file system
/// that cannot is left alone.
class WriteBehind {
public:
    /// The bytes from @p begin to @p end of @p file were written, front to back.
    void wrote(const Fd& file, std::int64_t begin, std::int64_t end) noexcept
    {
        if (begin < m_begun)
            m_begun = begin;
        if (end - m_begun < kStepBytes)
            return;
        ::sync_file_range(file.get(), m_begun, end - m_begun, SYNC_FILE_RANGE_WRITE);
        m_begun = end;
    }

private:
    static constexpr std::int64_t kStepBytes = 8 << 20;
    std::int64_t m_begun = 0;
};

} // namespace portlight::image
