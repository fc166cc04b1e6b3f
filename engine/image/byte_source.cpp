#include "engine/image/byte_source.h"

#include "engine/image/block_queue.h"

#include <cassert>
#include <cerrno>
#include <thread>

namespace portlight::image {

namespace {

class ReadAhead final : public ByteSource {
public:
    explicit ReadAhead(std::unique_ptr<ByteSource> inner)
        : m_inner(std::move(inner))
        , m_thread([this] { run(); })
    {
    }
    ~ReadAhead() override { m_queue.close(); }
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    Result<Block> next() override
    {
        if (m_isAtEnd)
            return std::make_shared<const std::string>();
        auto item = m_queue.pop();
        assert(item); // the thread always ends with an error or an empty block
        if (!*item || item->value()->empty())
            m_isAtEnd = true;
        return std::move(*item);
    }

private:
    void run()
    {
        for (;;) {
            auto block = m_inner->next();
            const bool isLast = !block || block.value()->empty();
            if (!m_queue.push(std::move(block)) || isLast)
                return;
        }
    }

    std::unique_ptr<ByteSource> m_inner;
    BlockQueue<Result<Block>> m_queue;
    bool m_isAtEnd = false;
    std::jthread m_thread; // last: it uses all of the above
};

} // namespace

FileSource::FileSource(Fd file, std::string shownName)
    : m_file(std::move(file))
    , m_shownName(std::move(shownName))
{
}

Result<Block> FileSource::next()
{
    auto block = std::make_shared<std::string>();
    block->resize(kBlockBytes);
    ssize_t got = -1;
    do
        got = ::read(m_file.get(), block->data(), block->size());
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errnoError(errno, "read '" + m_shownName + "'");
    block->resize(static_cast<std::size_t>(got));
    return Block(std::move(block));
}

std::unique_ptr<ByteSource> readAhead(std::unique_ptr<ByteSource> inner)
{
    return std::make_unique<ReadAhead>(std::move(inner));
}

} // namespace portlight::image
