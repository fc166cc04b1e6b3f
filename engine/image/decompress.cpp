#include "engine/image/decompress.h"

#include "engine/image/archive_handle.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>

namespace portlight::image {

namespace {

Error truncated(const char* format)
{
    return makeError(
        Errc::InvalidArgument, std::string("truncated: the ") + format + " data ends too early");
}

Error corrupt(const char* format, const std::string& detail)
{
    return makeError(
        Errc::InvalidArgument, std::string("corrupt ") + format + " data (" + detail + ")");
}

/// Feeds an inflater with blocks and remembers what is left of the current one.
class Input {
public:
    explicit Input(std::unique_ptr<ByteSource> source)
        : m_source(std::move(source))
    {
    }
    /// False at the end of the source.
    Result<bool> fill()
    {
        if (m_at < m_block->size())
            return true;
        PL_TRY(m_block, m_source->next());
        m_at = 0;
        return !m_block->empty();
    }
    const char* data() const { return m_block->data() + m_at; }
    std::size_t size() const { return m_block->size() - m_at; }
    void consume(std::size_t bytes) { m_at += bytes; }

private:
    std::unique_ptr<ByteSource> m_source;
    Block m_block = std::make_shared<const std::string>();
    std::size_t m_at = 0;
};

class GzipSource final : public ByteSource {
public:
    explicit GzipSource(std::unique_ptr<ByteSource> source)
        : m_input(std::move(source))
        , m_state(std::make_unique<inflate_state>())
    {
        startMember();
    }

    Result<Block> next() override
    {
        auto out = std::make_shared<std::string>();
        out->resize(kBlockBytes);
        std::size_t made = 0;
        while (made < out->size()) {
            PL_TRY(const bool hasInput, m_input.fill());
            if (m_isBetweenMembers && (m_hasPadding || !hasInput || !beginsMember()))
                break;
            // With no input left the inflater may still hold output: ask until it gives none.
            const std::size_t before = made;
            PL_TRY(inflateInto(*out, made));
            if (!hasInput && made == before && !m_isBetweenMembers)
                return truncated("gzip");
        }
        out->resize(made);
        return Block(std::move(out));
    }

private:
    void startMember()
    {
        isal_inflate_init(m_state.get());
        m_state->crc_flag = ISAL_GZIP;
        m_isBetweenMembers = false;
    }

    // After a member comes another or padding, which gzip(1) ignores too.
    bool beginsMember()
    {
        if (static_cast<unsigned char>(*m_input.data()) != 0x1f) {
            m_hasPadding = true;
            return false;
        }
        startMember();
        return true;
    }

    Result<void> inflateInto(std::string& out, std::size_t& made)
    {
        // ISA-L takes unsigned, non-const pointers and writes nothing through next_in.
        m_state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(m_input.data()));
        m_state->avail_in = static_cast<std::uint32_t>(m_input.size());
        m_state->next_out = reinterpret_cast<std::uint8_t*>(out.data() + made);
        m_state->avail_out = static_cast<std::uint32_t>(out.size() - made);
        const int code = isal_inflate(m_state.get());
        m_input.consume(m_input.size() - m_state->avail_in);
        made = out.size() - m_state->avail_out;
        if (code < 0 || code == ISAL_INVALID_BLOCK)
            return corrupt("gzip",
                code == ISAL_INCORRECT_CHECKSUM ? std::string("checksum does not match")
                                                : "ISA-L code " + std::to_string(code));
        if (m_state->block_state == ISAL_BLOCK_FINISH)
            m_isBetweenMembers = true;
        return success();
    }

    Input m_input;
    std::unique_ptr<inflate_state> m_state;
    bool m_isBetweenMembers = false;
    bool m_hasPadding = false; // from here on nothing counts
};

struct ZstdFree {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdSource final : public ByteSource {
public:
    explicit ZstdSource(std::unique_ptr<ByteSource> source)
        : m_input(std::move(source))
        , m_stream(ZSTD_createDStream())
    {
        // 128 MB of window, as zstd(1) takes without --long: a frame cannot ask for all memory.
        ZSTD_DCtx_setParameter(m_stream.get(), ZSTD_d_windowLogMax, 27);
    }

    Result<Block> next() override
    {
        auto out = std::make_shared<std::string>();
        out->resize(kBlockBytes);
        ZSTD_outBuffer target { out->data(), out->size(), 0 };
        while (target.pos < target.size) {
            PL_TRY(const bool hasInput, m_input.fill());
            // With no input left the decoder may still hold output: ask until it gives none.
            ZSTD_inBuffer source { m_input.data(), m_input.size(), 0 };
            const std::size_t before = target.pos;
            const std::size_t code = ZSTD_decompressStream(m_stream.get(), &target, &source);
            if (ZSTD_isError(code) != 0)
                return corrupt("zstd", ZSTD_getErrorName(code));
            m_input.consume(source.pos);
            if (hasInput || target.pos > before) {
                m_isInFrame = code != 0;
                continue;
            }
            if (m_isInFrame)
                return truncated("zstd");
            break;
        }
        out->resize(target.pos);
        return Block(std::move(out));
    }

private:
    Input m_input;
    std::unique_ptr<ZSTD_DStream, ZstdFree> m_stream;
    bool m_isInFrame = false;
};

/// xz, bzip2, lz4: libarchive's filters over its "raw" format.
class LibarchiveSource final : public ByteSource {
public:
    explicit LibarchiveSource(std::unique_ptr<ByteSource> source)
        : m_source(std::move(source))
    {
    }

    Result<Block> next() override
    {
        if (!m_archive) {
            PL_TRY(auto opened, openRaw(*m_source));
            m_archive = std::move(opened);
        }
        auto out = std::make_shared<std::string>();
        out->resize(kBlockBytes);
        PL_TRY(const auto got, m_archive->readData(out->data(), out->size()));
        out->resize(got);
        return Block(std::move(out));
    }

private:
    std::unique_ptr<ByteSource> m_source;
    std::unique_ptr<ArchiveHandle> m_archive;
};

/// Puts the blocks that were read for detection in front again.
class PrefixedSource final : public ByteSource {
public:
    PrefixedSource(Block prefix, std::unique_ptr<ByteSource> rest)
        : m_prefix(std::move(prefix))
        , m_rest(std::move(rest))
    {
    }
    Result<Block> next() override
    {
        if (m_prefix)
            return std::exchange(m_prefix, nullptr);
        return m_rest->next();
    }

private:
    Block m_prefix;
    std::unique_ptr<ByteSource> m_rest;
};

class DetectingSource final : public ByteSource {
public:
    DetectingSource(std::unique_ptr<ByteSource> source, Compression* found)
        : m_source(std::move(source))
        , m_found(found)
    {
    }

    Result<Block> next() override
    {
        if (!m_chosen) {
            PL_TRY(choose());
        }
        return m_chosen->next();
    }

private:
    Result<void> choose()
    {
        // A pipe may give one byte at a time; six are enough for every format known here.
        std::string first;
        while (first.size() < 6) {
            PL_TRY(const auto block, m_source->next());
            if (block->empty())
                break;
            first += *block;
        }
        if (first.starts_with("hsqs"))
            return makeError(Errc::InvalidArgument,
                "it is a squashfs file system, which is no archive; unpacked with unsquashfs and "
                "packed as a tar it can be imported (docker import)");
        const Compression kind = detectCompression(first);
        if (m_found != nullptr)
            *m_found = kind;
        auto whole = std::make_unique<PrefixedSource>(
            first.empty() ? nullptr : std::make_shared<const std::string>(std::move(first)),
            std::move(m_source));
        if (kind == Compression::Gzip)
            m_chosen = std::make_unique<GzipSource>(std::move(whole));
        else if (kind == Compression::Zstd)
            m_chosen = std::make_unique<ZstdSource>(std::move(whole));
        else if (kind == Compression::Other)
            m_chosen = std::make_unique<LibarchiveSource>(std::move(whole));
        else
            m_chosen = std::move(whole);
        return success();
    }

    std::unique_ptr<ByteSource> m_source;
    Compression* m_found;
    std::unique_ptr<ByteSource> m_chosen;
};

} // namespace

Compression detectCompression(std::string_view firstBytes)
{
    using namespace std::string_view_literals;
    if (firstBytes.starts_with("\x1f\x8b"sv))
        return Compression::Gzip;
    // A skippable frame (0x184D2A50…5F) may come first.
    if (firstBytes.starts_with("\x28\xb5\x2f\xfd"sv)
        || (firstBytes.size() >= 4 && (firstBytes[0] & '\xf0') == '\x50'
            && firstBytes.substr(1, 3) == "\x2a\x4d\x18"sv))
        return Compression::Zstd;
    if (firstBytes.starts_with("\xfd"
                               "7zXZ\0"sv)
        || firstBytes.starts_with("BZh"sv) || firstBytes.starts_with("\x04\x22\x4d\x18"sv))
        return Compression::Other;
    return Compression::None;
}

std::unique_ptr<ByteSource> decompress(std::unique_ptr<ByteSource> compressed, Compression* found)
{
    return std::make_unique<DetectingSource>(std::move(compressed), found);
}

} // namespace portlight::image
