#include "engine/core/log_tail.h"

#include "engine/runtime/log_format.h"

#include <array>
#include <cstring>
#include <endian.h>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

constexpr std::int64_t kLengthBytes = 4;
constexpr std::int64_t kHeadBytes = 14; // length, time, stream, flags

bool readExactly(const Fd& fd, void* bytes, std::size_t size, std::int64_t offset)
{
    return offset >= 0 && ::pread(fd.get(), bytes, size, offset) == static_cast<ssize_t>(size);
}

} // namespace

LogTail::LogTail(const Fd& fd)
    : m_fd(fd)
{
    struct stat status {};
    if (::fstat(fd.get(), &status) == 0)
        m_offset = status.st_size;
}

Result<bool> LogTail::stepBack()
{
    if (m_offset == 0)
        return false;
    const auto torn = makeError(Errc::InvalidArgument, "no whole log record ends here");
    std::uint32_t length = 0;
    if (!readExactly(m_fd, &length, sizeof length, m_offset - kLengthBytes))
        return torn;
    length = le32toh(length);
    const std::int64_t start = m_offset - 2 * kLengthBytes - static_cast<std::int64_t>(length);
    std::array<char, kHeadBytes> head {};
    if (length > runtime::kMaxLineBytes + runtime::kLogRecordOverhead
        || !readExactly(m_fd, head.data(), head.size(), start))
        return torn;
    std::uint32_t leading = 0;
    std::uint64_t time = 0;
    std::memcpy(&leading, head.data(), sizeof leading);
    std::memcpy(&time, head.data() + kLengthBytes, sizeof time);
    if (le32toh(leading) != length)
        return torn;
    m_head.timeNs = static_cast<std::int64_t>(le64toh(time));
    m_head.stream = static_cast<std::uint8_t>(head[12]);
    m_head.isPartial = (static_cast<std::uint8_t>(head[13]) & runtime::kLogPartial) != 0;
    m_offset = start;
    return true;
}

} // namespace portlight::core
