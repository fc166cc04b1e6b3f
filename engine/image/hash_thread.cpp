#include "engine/image/hash_thread.h"

namespace portlight::image {

HashThread::HashThread()
    : m_thread([this] {
        Hasher hasher;
        while (auto block = m_queue.pop())
            hasher.update((*block)->data(), (*block)->size());
        m_digest = hasher.finish();
    })
{
}

HashThread::~HashThread()
{
    m_queue.close();
}

void HashThread::update(Block block)
{
    m_queue.push(std::move(block));
}

Digest HashThread::finish()
{
    m_queue.close();
    m_thread.join();
    return *m_digest;
}

HashingSource::HashingSource(std::unique_ptr<ByteSource> inner, HashThread& hash)
    : m_inner(std::move(inner))
    , m_hash(hash)
{
}

Result<Block> HashingSource::next()
{
    auto block = m_inner->next();
    if (block && !block.value()->empty())
        m_hash.update(block.value());
    return block;
}

} // namespace portlight::image
