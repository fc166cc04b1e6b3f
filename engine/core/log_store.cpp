#include "engine/core/log_store.h"

#include "engine/base/syscalls.h"
#include "engine/core/container_record.h"
#include "engine/core/log_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

constexpr std::size_t kPiece = 256U << 10U;
constexpr int kMostFiles = 1001; // host_config allows max-file up to 1000

} // namespace

LogReader::LogReader(std::string bundle, LogQuery query)
    : m_bundle(std::move(bundle))
    , m_query(query)
{
}

bool LogReader::isWanted(std::uint8_t stream) const
{
    return stream == 2 ? m_query.wantsStderr : m_query.wantsStdout;
}

/// 0 is the file being written, higher numbers are older.
std::optional<LogReader::File> LogReader::openFileNumber(int number) const
{
    const std::string suffix = number == 0 ? "" : "." + std::to_string(number);
    auto fd = openFile(m_bundle + "/container.log" + suffix, O_RDONLY | O_NOFOLLOW);
    struct stat status {};
    if (!fd || ::fstat(fd.value().get(), &status) != 0)
        return std::nullopt;
    return File { std::move(fd).value(), status.st_ino };
}

void LogReader::openNewer()
{
    std::deque<File> newer;
    for (int number = 0; number < kMostFiles; ++number) {
        auto file = openFileNumber(number);
        if (!file || (!m_files.empty() && file->inode == m_files.back().inode))
            break;
        newer.push_front(std::move(*file));
    }
    for (auto& file : newer)
        m_files.push_back(std::move(file));
}

/// Drops the files and skips the bytes before the wanted part.
Result<void> LogReader::seekToStart()
{
    if (!m_query.tailLines && m_query.sinceNs <= 0)
        return success();
    const std::int64_t wanted =
        m_query.tailLines.value_or(std::numeric_limits<std::int64_t>::max());
    std::int64_t lines = 0;
    for (std::size_t at = m_files.size(); at-- > 0;) {
        LogTail tail(m_files[at].fd);
        std::int64_t start = tail.offset();
        while (true) {
            const auto stepped = tail.stepBack();
            if (!stepped)
                return success(); // a torn end: read all, take what matches
            if (!stepped.value())
                break;
            const auto& head = tail.head();
            const bool isCounted =
                isWanted(head.stream) && !head.isPartial && head.timeNs <= m_query.untilNs;
            if (head.timeNs < m_query.sinceNs || (isCounted && lines == wanted)) {
                m_files.erase(m_files.begin(), m_files.begin() + static_cast<std::ptrdiff_t>(at));
                m_offset = start;
                return success();
            }
            lines += isCounted ? 1 : 0;
            start = tail.offset();
        }
    }
    return success();
}

/// False at the end of what is written.
Result<bool> LogReader::readMore()
{
    while (!m_files.empty()) {
        const std::size_t held = m_buffer.size();
        m_buffer.resize(held + kPiece);
        const ssize_t size =
            ::pread(m_files.front().fd.get(), m_buffer.data() + held, kPiece, m_offset);
        m_buffer.resize(held + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (size < 0)
            return errnoError(errno, "read the log of '" + m_bundle + "'");
        if (size > 0) {
            m_offset += size;
            return true;
        }
        if (m_files.size() == 1)
            openNewer();
        if (m_files.size() == 1)
            return false;
        // The rotated file may have grown between the read and the look for newer ones: only a
        // second read that gives nothing proves that it is through.
        char more = 0;
        if (::pread(m_files.front().fd.get(), &more, 1, m_offset) > 0)
            continue;
        m_files.pop_front();
        m_offset = 0;
        m_buffer.clear(); // a torn record at the end of a file is lost
    }
    return false;
}

Result<void> LogReader::takeEntries(std::vector<LogEntry>& entries)
{
    std::size_t used = 0;
    while (!m_isFinished) {
        PL_TRY(
            const auto decoded, runtime::decodeLogRecord(std::string_view(m_buffer).substr(used)));
        if (!decoded)
            break;
        used += decoded->bytes;
        const auto& record = decoded->record;
        if (record.timeNs > m_query.untilNs)
            m_isFinished = true;
        else if (isWanted(record.stream) && record.timeNs >= m_query.sinceNs)
            entries.push_back(
                { record.timeNs, record.stream, record.isPartial, std::string(record.bytes) });
    }
    m_buffer.erase(0, used);
    return success();
}

Result<std::vector<LogEntry>> LogReader::read()
{
    std::vector<LogEntry> entries;
    if (m_files.empty())
        openNewer();
    if (!m_hasStarted) {
        m_hasStarted = true;
        if (m_query.tailLines == 0) {
            while (m_files.size() > 1)
                m_files.pop_front();
            if (!m_files.empty())
                m_offset = LogTail(m_files.front().fd).offset();
        } else {
            PL_TRY(seekToStart());
        }
    }
    while (entries.empty() && !m_isFinished) {
        PL_TRY(const bool hasMore, readMore());
        if (!hasMore)
            break;
        PL_TRY(takeEntries(entries));
    }
    return entries;
}

LogStream::LogStream(asio::thread_pool& pool, std::shared_ptr<LogReader> reader,
    std::shared_ptr<Container> container, bool follows)
    : m_pool(pool)
    , m_reader(std::move(reader))
    , m_container(std::move(container))
    , m_follows(follows)
{
}

Result<void> LogStream::watch(FileWatcher& watcher, const std::string& bundle)
{
    std::weak_ptr<Container> weak = m_container;
    PL_TRY(m_watch, watcher.watch(bundle, [weak] {
        if (const auto container = weak.lock())
            container->changed.notifyAll();
    }));
    return success();
}

Task<std::vector<LogEntry>> LogStream::next()
{
    while (true) {
        // Looked at before reading: what is written up to the end is in the log when the end shows.
        const auto seen = m_container->changed.generation();
        const bool mayGrow = m_follows && m_container->state.isRunning();
        auto read = [reader = m_reader] { return reader->read(); };
        PL_CO_TRY(auto entries, co_await offload(m_pool, std::move(read)));
        if (!entries.empty() || m_reader->isFinished() || !mayGrow)
            co_return entries;
        PL_CO_TRY(co_await m_container->changed.wait(seen));
    }
}

} // namespace portlight::core
