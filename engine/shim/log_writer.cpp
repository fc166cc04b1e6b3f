#include "engine/shim/log_writer.h"

#include "engine/base/syscalls.h"
#include "engine/shim/clock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace portlight::shim {

Result<LogWriter> LogWriter::open(const std::string& path, std::int64_t maxBytes, int maxFiles)
{
    LogWriter writer(path, maxBytes, maxFiles);
    PL_TRY(writer.openFile());
    return writer;
}

Result<void> LogWriter::openFile()
{
    PL_TRY(m_file,
        portlight::openFile(m_path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0600));
    struct stat info {};
    if (::fstat(m_file.get(), &info) != 0)
        return errnoError(errno, "look at '" + m_path + "'");
    m_size = info.st_size;
    return success();
}

void LogWriter::write(std::uint8_t stream, std::string_view bytes)
{
    m_records.clear();
    (stream == 2 ? m_error : m_output).feed(bytes, wallClockNs(), m_records);
    append(m_records);
}

void LogWriter::flush()
{
    m_records.clear();
    m_output.flush(wallClockNs(), m_records);
    m_error.flush(wallClockNs(), m_records);
    append(m_records);
}

void LogWriter::rotate()
{
    const auto name = [this](int number) { return m_path + "." + std::to_string(number); };
    if (m_maxFiles < 2) {
        ::unlink(m_path.c_str()); // a reader that follows keeps the old one to its end
    } else {
        for (int number = m_maxFiles - 1; number > 1; --number)
            ::rename(name(number - 1).c_str(), name(number).c_str());
        ::rename(m_path.c_str(), name(1).c_str());
    }
    Fd old = std::move(m_file);
    if (!openFile())
        m_file = std::move(old);
}

void LogWriter::append(std::string_view records)
{
    if (records.empty())
        return;
    const auto size = static_cast<std::int64_t>(records.size());
    if (m_maxBytes > 0 && m_size > 0 && m_size + size > m_maxBytes)
        rotate();
    std::string_view rest = records;
    while (!rest.empty()) {
        const ssize_t put = ::write(m_file.get(), rest.data(), rest.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            // A half record would hide all that follow it.
            (void)::ftruncate(m_file.get(), m_size);
            return;
        }
        rest.remove_prefix(static_cast<std::size_t>(put));
    }
    m_size += size;
}

} // namespace portlight::shim
