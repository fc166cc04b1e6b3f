#pragma once

#include "app/client/types/log_frame.h"

#include <QByteArrayView>

#include <vector>

namespace portlight::models {

/// A run of whole log lines and where each begins. Grows in memory until it is sealed, which moves
/// its bytes into an unlinked file of their own that is mapped, so that the kernel may drop them.
class LogChunk {
public:
    static constexpr qsizetype kFullBytes = 4 * 1024 * 1024;

    struct Line {
        quint32 begin = 0; ///< in the chunk's bytes
        quint16 origin = 0; ///< of which log
        client::LogSource source = client::LogSource::Stdout;
        qint64 timeMs = 0;
    };

    LogChunk() = default;
    LogChunk(const LogChunk&) = delete;
    LogChunk& operator=(const LogChunk&) = delete;
    ~LogChunk();

    void append(QByteArrayView text, client::LogSource source, qint64 timeMs, quint16 origin = 0);
    /// Keeps the bytes in memory when the file cannot be made; the log is complete all the same.
    void seal();

    qsizetype lineCount() const { return qsizetype(m_lines.size()); }
    const Line& lineInfo(qsizetype index) const { return m_lines[std::size_t(index)]; }
    QByteArrayView text(qsizetype index) const;
    /// All lines, each followed by a line end.
    QByteArrayView bytes() const;
    /// The line that holds byte @p offset.
    qsizetype lineAt(quint32 offset) const;

private:
    std::vector<char> m_heap;
    char* m_mapped = nullptr;
    qsizetype m_size = 0;
    std::vector<Line> m_lines;
};

} // namespace portlight::models
