#include "engine/api/stream_frames.h"

namespace portlight::api {

namespace {

std::uint32_t bigEndian(std::string_view bytes)
{
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4))
        value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

} // namespace

void appendStreamFrame(StreamKind kind, std::string_view bytes, std::string& out)
{
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const char header[kStreamHeaderBytes] = { static_cast<char>(kind), 0, 0, 0,
        static_cast<char>(size >> 24U), static_cast<char>(size >> 16U),
        static_cast<char>(size >> 8U), static_cast<char>(size) };
    out.append(header, sizeof header);
    out.append(bytes);
}

std::string encodeStreamFrame(StreamKind kind, std::string_view bytes)
{
    std::string frame;
    frame.reserve(kStreamHeaderBytes + bytes.size());
    appendStreamFrame(kind, bytes, frame);
    return frame;
}

void StreamFrameParser::feed(std::string_view bytes)
{
    if (m_read > 0) {
        m_pending.erase(0, m_read);
        m_read = 0;
    }
    m_pending.append(bytes);
}

Result<std::optional<StreamFrameParser::Frame>> StreamFrameParser::next()
{
    const std::string_view rest = std::string_view(m_pending).substr(m_read);
    if (rest.size() < kStreamHeaderBytes)
        return std::optional<Frame>();
    if (rest[0] < 0 || rest[0] > 3 || rest[1] != 0 || rest[2] != 0 || rest[3] != 0)
        return makeError(Errc::InvalidArgument, "unrecognized stream: bad frame header");
    const std::size_t size = bigEndian(rest.substr(4));
    if (size > m_limitBytes)
        return makeError(Errc::InvalidArgument,
            "stream frame of " + std::to_string(size) + " bytes is over the limit of "
                + std::to_string(m_limitBytes));
    if (rest.size() < kStreamHeaderBytes + size)
        return std::optional<Frame>();
    Frame frame { static_cast<StreamKind>(rest[0]),
        std::string(rest.substr(kStreamHeaderBytes, size)) };
    m_read += kStreamHeaderBytes + size;
    return std::optional<Frame>(std::move(frame));
}

} // namespace portlight::api
