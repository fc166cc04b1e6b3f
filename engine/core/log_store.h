#pragma once

#include "engine/base/async.h"
#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/core/file_watcher.h"
#include "engine/runtime/log_format.h"

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

struct Container;

/// Which part of a log is wanted.
struct LogQuery {
    bool wantsStdout = true;
    bool wantsStderr = true;
    bool follows = false; ///< go on until the container ends
    std::optional<std::int64_t> tailLines; ///< nullopt: from the beginning
    std::int64_t sinceNs = 0;
    std::int64_t untilNs = std::numeric_limits<std::int64_t>::max();
};

struct LogEntry {
    std::int64_t timeNs = 0;
    std::uint8_t stream = 1; ///< 1 stdout, 2 stderr
    bool isPartial = false; ///< the line goes on in the next entry of this stream
    std::string bytes; ///< with the newline
};

/// Reads a container's log (runtime/log_format.h), rotated files included, while it is written.
/// "The last N lines" and "since" are found from the end. Blocking; one thread at a time.
class LogReader {
public:
    LogReader(std::string bundle, LogQuery query);

    /// The next entries, about 256 KiB at most; empty when there is nothing more for now, which is
    /// also the answer for a container without a log. Errors: InvalidArgument for a damaged record.
    Result<std::vector<LogEntry>> read();
    /// No later entry can match (until was reached).
    bool isFinished() const noexcept { return m_isFinished; }

private:
    struct File {
        Fd fd;
        std::uint64_t inode = 0;
    };
    std::optional<File> openFileNumber(int number) const;
    /// Opens what is newer than the file being read, after a rotation.
    void openNewer();
    Result<void> seekToStart();
    Result<bool> readMore();
    Result<void> takeEntries(std::vector<LogEntry>& entries);
    bool isWanted(std::uint8_t stream) const;

    std::string m_bundle;
    LogQuery m_query;
    std::deque<File> m_files; ///< oldest first; the front is being read
    std::int64_t m_offset = 0; ///< in the front file: what was read into m_buffer
    std::string m_buffer;
    bool m_hasStarted = false;
    bool m_isFinished = false;
};

/// A log as a stream for one client. io thread only.
class LogStream {
public:
    LogStream(asio::thread_pool& pool, std::shared_ptr<LogReader> reader,
        std::shared_ptr<Container> container, bool follows);

    /// Wakes this stream when the files of @p bundle change.
    Result<void> watch(FileWatcher& watcher, const std::string& bundle);
    /// The next entries; waits where it follows a running container; empty at the end.
    /// Errors: as LogReader::read(), Cancelled.
    Task<std::vector<LogEntry>> next();
    const Container& container() const noexcept { return *m_container; }

private:
    asio::thread_pool& m_pool;
    std::shared_ptr<LogReader> m_reader;
    std::shared_ptr<Container> m_container;
    bool m_follows;
    std::shared_ptr<FileWatcher::Watch> m_watch;
};

} // namespace portlight::core
