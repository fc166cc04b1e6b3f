#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/log_format.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace portlight::shim {

/// Appends a container's output to container.log, a batch of records at a time, and keeps the file
/// within its size by renaming it to .1, .2, …. A full disk costs records, never the container.
class LogWriter {
public:
    /// @p maxBytes 0: no limit. @p maxFiles counts the current file.
    static Result<LogWriter> open(const std::string& path, std::int64_t maxBytes, int maxFiles);

    /// Cuts @p bytes of @p stream (1 or 2) into records and writes what is complete.
    void write(std::uint8_t stream, std::string_view bytes);
    /// Writes what is left of unfinished lines.
    void flush();

private:
    LogWriter(std::string path, std::int64_t maxBytes, int maxFiles)
        : m_path(std::move(path))
        , m_maxBytes(maxBytes)
        , m_maxFiles(maxFiles)
    {
    }
    Result<void> openFile();
    void rotate();
    void append(std::string_view records);

    std::string m_path;
    std::int64_t m_maxBytes;
    int m_maxFiles;
    Fd m_file;
    std::int64_t m_size = 0;
    runtime::LineSplitter m_output { 1 };
    runtime::LineSplitter m_error { 2 };
    std::string m_records; ///< kept for its capacity
};

} // namespace portlight::shim
