#pragma once

#include "engine/base/digest.h"
#include "engine/image/block_queue.h"
#include "engine/image/byte_source.h"

#include <optional>
#include <thread>

namespace portlight::image {

/// SHA-256 of a stream on a thread of its own, beside the thread that inflates or writes it.
class HashThread {
public:
    HashThread();
    ~HashThread();
    HashThread(const HashThread&) = delete;
    HashThread& operator=(const HashThread&) = delete;

    /// Waits while too much is queued.
    void update(Block block);
    /// Waits for the rest. Call once, last.
    Digest finish();

private:
    BlockQueue<Block> m_queue;
    std::optional<Digest> m_digest;
    std::jthread m_thread;
};

/// Passes @p inner on and hashes what passes.
class HashingSource final : public ByteSource {
public:
    HashingSource(std::unique_ptr<ByteSource> inner, HashThread& hash);
    Result<Block> next() override;

private:
    std::unique_ptr<ByteSource> m_inner;
    HashThread& m_hash;
};

} // namespace portlight::image
