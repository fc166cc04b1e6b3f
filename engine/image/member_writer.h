#pragma once

#include "engine/base/digest.h"
#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/base/syscalls.h"
#include "engine/image/byte_source.h"
#include "engine/image/hash_thread.h"
#include "engine/image/write_behind.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace portlight::image {

/// Writes one member of an archive to a file and hashes it on the way. Large ones on two threads;
/// for a small one a thread would cost more than it saves.
class MemberWriter {
public:
    /// @p file may be closed: then the bytes are hashed only.
    MemberWriter(Fd file, std::int64_t expectedBytes)
        : m_file(std::move(file))
    {
        constexpr std::int64_t kSmallBytes = 64 << 10;
        if (expectedBytes > kSmallBytes)
            m_hashThread = std::make_unique<HashThread>();
    }

    Result<void> write(Block block)
    {
        const std::int64_t at = m_bytes;
        m_bytes += static_cast<std::int64_t>(block->size());
        if (!m_hashThread)
            m_hasher.update(block->data(), block->size());
        else
            m_hashThread->update(block);
        if (!m_file.isOpen())
            return success();
        PL_TRY(writeAll(m_file, *block));
        m_writeBehind.wrote(m_file, at, m_bytes);
        return success();
    }

    std::int64_t bytes() const { return m_bytes; }
    Digest finish() { return m_hashThread ? m_hashThread->finish() : m_hasher.finish(); }

private:
    Fd m_file;
    std::int64_t m_bytes = 0;
    WriteBehind m_writeBehind;
    Hasher m_hasher;
    std::unique_ptr<HashThread> m_hashThread;
};

} // namespace portlight::image
