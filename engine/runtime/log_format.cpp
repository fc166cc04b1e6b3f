#include "engine/runtime/log_format.h"

namespace portlight::runtime {

namespace {

constexpr std::size_t kInnerOverhead = 10; // time, stream, flags: counted by `length`

void putLittleEndian(std::string& out, std::uint64_t value, unsigned bytes)
{
    for (unsigned at = 0; at < bytes; ++at)
        out.push_back(static_cast<char>(value >> (8 * at) & 0xFFU));
}

std::uint64_t littleEndian(std::string_view bytes, std::size_t count)
{
    std::uint64_t value = 0;
    while (count-- > 0)
        value = value << 8U | static_cast<unsigned char>(bytes[count]);
    return value;
}

} // namespace

void encodeLogRecord(const LogRecord& record, std::string& out)
{
    const std::size_t length = kInnerOverhead + record.bytes.size();
    putLittleEndian(out, length, 4);
    putLittleEndian(out, static_cast<std::uint64_t>(record.timeNs), 8);
    out.push_back(static_cast<char>(record.stream));
    out.push_back(static_cast<char>(record.isPartial ? kLogPartial : 0));
    out.append(record.bytes);
    putLittleEndian(out, length, 4);
}

Result<std::optional<DecodedRecord>> decodeLogRecord(std::string_view buffer)
{
    if (buffer.size() < 4)
        return std::optional<DecodedRecord>();
    const std::size_t length = littleEndian(buffer, 4);
    if (length < kInnerOverhead || length > kInnerOverhead + kMaxLineBytes)
        return makeError(Errc::InvalidArgument, "log record of an impossible length");
    if (buffer.size() < length + 8)
        return std::optional<DecodedRecord>();
    if (littleEndian(buffer.substr(4 + length), 4) != length)
        return makeError(Errc::InvalidArgument, "log record whose lengths disagree");
    DecodedRecord decoded;
    decoded.record.timeNs = static_cast<std::int64_t>(littleEndian(buffer.substr(4), 8));
    decoded.record.stream = static_cast<std::uint8_t>(buffer[12]);
    decoded.record.isPartial = (static_cast<unsigned char>(buffer[13]) & kLogPartial) != 0;
    decoded.record.bytes = buffer.substr(14, length - kInnerOverhead);
    decoded.bytes = length + 8;
    return std::optional<DecodedRecord>(decoded);
}

void LineSplitter::feed(std::string_view bytes, std::int64_t nowNs, std::string& out)
{
    while (!bytes.empty()) {
        const std::size_t room = kMaxLineBytes - m_line.size();
        const std::size_t newline = bytes.substr(0, room).find('\n');
        if (newline == std::string_view::npos && bytes.size() < room) {
            m_line.append(bytes);
            return;
        }
        const std::size_t take = newline == std::string_view::npos ? room : newline + 1;
        LogRecord record { nowNs, m_stream, newline == std::string_view::npos, {} };
        if (m_line.empty()) { // the usual case: no copy
            record.bytes = bytes.substr(0, take);
            encodeLogRecord(record, out);
        } else {
            m_line.append(bytes.substr(0, take));
            record.bytes = m_line;
            encodeLogRecord(record, out);
            m_line.clear();
        }
        bytes.remove_prefix(take);
    }
}

void LineSplitter::flush(std::int64_t nowNs, std::string& out)
{
    if (m_line.empty())
        return;
    encodeLogRecord(LogRecord { nowNs, m_stream, false, m_line }, out);
    m_line.clear();
}

} // namespace portlight::runtime
