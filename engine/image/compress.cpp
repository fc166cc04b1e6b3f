#include "engine/image/compress.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace portlight::image {

namespace {

constexpr int kGzipLevel = 2;
constexpr int kZstdLevel = 3;

/// Feeds a compressor and gathers what comes out, a block at a time.
class CompressingSource : public ByteSource {
public:
    explicit CompressingSource(std::unique_ptr<ByteSource> plain)
        : m_plain(std::move(plain))
    {
    }

    Result<Block> next() override
    {
        auto out = std::make_shared<std::string>();
        out->resize(kBlockBytes);
        std::size_t filled = 0;
        while (filled < out->size() && !m_isOver) {
            if (m_used == m_in->size() && !m_isEnd) {
                PL_TRY(m_in, m_plain->next());
                m_used = 0;
                m_isEnd = m_in->empty();
            }
            PL_TRY(step(out->data() + filled, out->size() - filled, filled));
        }
        out->resize(filled);
        return out;
    }

protected:
    /// Compresses from m_in + m_used on; adds to m_used and @p filled, sets m_isOver at the end.
    virtual Result<void> step(char* out, std::size_t room, std::size_t& filled) = 0;

    Block m_in = std::make_shared<const std::string>();
    std::size_t m_used = 0;
    bool m_isEnd = false; ///< no more input
    bool m_isOver = false; ///< no more output

private:
    std::unique_ptr<ByteSource> m_plain;
};

class GzipSource final : public CompressingSource {
public:
    explicit GzipSource(std::unique_ptr<ByteSource> plain)
        : CompressingSource(std::move(plain))
        , m_work(ISAL_DEF_LVL2_DEFAULT)
    {
        ::isal_deflate_init(&m_stream);
        m_stream.level = kGzipLevel;
        m_stream.level_buf = m_work.data();
        m_stream.level_buf_size = static_cast<std::uint32_t>(m_work.size());
        m_stream.gzip_flag = IGZIP_GZIP;
    }

private:
    Result<void> step(char* out, std::size_t room, std::size_t& filled) override
    {
        const std::size_t left = m_in->size() - m_used;
        m_stream.next_in =
            reinterpret_cast<std::uint8_t*>(const_cast<char*>(m_in->data() + m_used));
        m_stream.avail_in = static_cast<std::uint32_t>(left);
        m_stream.next_out = reinterpret_cast<std::uint8_t*>(out);
        m_stream.avail_out = static_cast<std::uint32_t>(room);
        m_stream.end_of_stream = m_isEnd ? 1 : 0;
        if (::isal_deflate(&m_stream) != COMP_OK)
            return makeError(Errc::Internal, "gzip compression failed");
        m_used += left - m_stream.avail_in;
        filled += room - m_stream.avail_out;
        m_isOver = m_isEnd && m_stream.internal_state.state == ZSTATE_END;
        return success();
    }

    std::vector<std::uint8_t> m_work;
    isal_zstream m_stream {};
};

struct ContextDeleter {
    void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
};

class ZstdSource final : public CompressingSource {
public:
    explicit ZstdSource(std::unique_ptr<ByteSource> plain)
        : CompressingSource(std::move(plain))
        , m_context(::ZSTD_createCCtx())
    {
        ::ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, kZstdLevel);
        ::ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1);
        const auto threads = std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
        ::ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_nbWorkers, static_cast<int>(threads));
    }

private:
    Result<void> step(char* out, std::size_t room, std::size_t& filled) override
    {
        ZSTD_inBuffer in { m_in->data() + m_used, m_in->size() - m_used, 0 };
        ZSTD_outBuffer into { out, room, 0 };
        const std::size_t left = ::ZSTD_compressStream2(
            m_context.get(), &into, &in, m_isEnd ? ZSTD_e_end : ZSTD_e_continue);
        if (::ZSTD_isError(left) != 0)
            return makeError(
                Errc::Internal, std::string("zstd compression: ") + ::ZSTD_getErrorName(left));
        m_used += in.pos;
        filled += into.pos;
        m_isOver = m_isEnd && left == 0;
        return success();
    }

    std::unique_ptr<ZSTD_CCtx, ContextDeleter> m_context;
};

} // namespace

std::unique_ptr<ByteSource> compress(std::unique_ptr<ByteSource> plain, Compression compression)
{
    if (compression == Compression::Gzip)
        return std::make_unique<GzipSource>(std::move(plain));
    if (compression == Compression::Zstd)
        return std::make_unique<ZstdSource>(std::move(plain));
    return plain;
}

} // namespace portlight::image
