#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The container log: written by the shim, read by the engine while it grows. One record a line:
///
///     length u32 | time u64 | stream u8 | flags u8 | bytes… | length u32      (little endian)
///
/// `length` counts the bytes between the two length fields; it stands at both ends so that "the
/// last N lines" is found from the end without reading the file. A line's newline belongs to its
/// bytes; a line over kMaxLineBytes is cut into records with kLogPartial set on all but the last. A
/// torn record at the end (power cut) is recognised by its length and ignored.
namespace portlight::runtime {

inline constexpr std::size_t kMaxLineBytes = 16384;
inline constexpr std::size_t kLogRecordOverhead = 18; ///< both lengths, time, stream, flags
inline constexpr std::uint8_t kLogPartial = 1;

struct LogRecord {
    std::int64_t timeNs = 0; ///< wall clock, nanoseconds since the epoch
    std::uint8_t stream = 1; ///< 1 stdout, 2 stderr
    bool isPartial = false;
    std::string_view bytes; ///< into the buffer that was decoded
};

/// Appends the record's bytes to @p out.
void encodeLogRecord(const LogRecord& record, std::string& out);

/// The record at the start of @p buffer and how many bytes it takes; nullopt when it is not whole.
/// Errors: InvalidArgument for a record that cannot be one (lengths disagree, over the maximum).
struct DecodedRecord {
    LogRecord record;
    std::size_t bytes = 0;
};
Result<std::optional<DecodedRecord>> decodeLogRecord(std::string_view buffer);

/// Splits one stream's output into records as it comes; keeps an unfinished line until its newline,
/// kMaxLineBytes or flush().
class LineSplitter {
public:
    explicit LineSplitter(std::uint8_t stream)
        : m_stream(stream)
    {
    }
    /// Appends encoded records for all complete lines of @p bytes to @p out.
    void feed(std::string_view bytes, std::int64_t nowNs, std::string& out);
    /// End of the stream: what is left becomes a record without a newline.
    void flush(std::int64_t nowNs, std::string& out);

private:
    std::uint8_t m_stream;
    std::string m_line;
};

} // namespace portlight::runtime
