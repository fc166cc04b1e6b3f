#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Docker's multiplexed stdout and stderr for attach, logs and exec without a terminal. Engine API
/// 1.50, ContainerAttach, "Stream format".
namespace portlight::api {

inline constexpr std::string_view kRawStream = "application/vnd.docker.raw-stream";
inline constexpr std::string_view kMultiplexedStream = "application/vnd.docker.multiplexed-stream";

enum class StreamKind : std::uint8_t { Stdin = 0, Stdout = 1, Stderr = 2, SystemError = 3 };

inline constexpr std::size_t kStreamHeaderBytes = 8;

/// Header (kind, three zero bytes, length big endian) and @p bytes.
std::string encodeStreamFrame(StreamKind kind, std::string_view bytes);
/// The same, appended to @p out.
void appendStreamFrame(StreamKind kind, std::string_view bytes, std::string& out);

/// The other direction, fed with bytes as they come.
class StreamFrameParser {
public:
    struct Frame {
        StreamKind kind = StreamKind::Stdout;
        std::string bytes;
    };
    /// Frames that claim more than @p limitBytes are refused.
    explicit StreamFrameParser(std::size_t limitBytes = 16U << 20U)
        : m_limitBytes(limitBytes)
    {
    }
    void feed(std::string_view bytes);
    /// The next whole frame; nullopt when more bytes are needed.
    /// Errors: InvalidArgument for an unknown kind, non-zero padding or a length over the limit.
    Result<std::optional<Frame>> next();
    /// Whether a frame has begun that is not whole.
    bool isInside() const { return m_pending.size() > m_read; }

private:
    std::size_t m_limitBytes;
    std::string m_pending;
    std::size_t m_read = 0;
};

} // namespace portlight::api
