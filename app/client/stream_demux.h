#pragma once

#include "app/client/types/log_frame.h"

#include <QByteArray>
#include <QList>

namespace portlight::client {

/// Takes the multiplexed output of a container apart: frames of a byte that names the source, three
/// zeros and a 32-bit big-endian length, then the bytes. Engine API, ContainerAttach, stream
/// format. Fed in any pieces; hands out what is there without waiting for a frame's end.
class StreamDemux {
public:
    /// False when the bytes are not such a stream; then nothing more is accepted.
    [[nodiscard]] bool feed(QByteArrayView bytes, QList<LogFrame>& frames);
    /// Whether the stream may end here, between two frames.
    bool isAtBoundary() const { return m_headerSize == 0 && m_left == 0; }

private:
    static constexpr int kHeaderSize = 8;

    bool readHeader();

    char m_header[kHeaderSize] {};
    int m_headerSize = 0;
    quint32 m_left = 0; ///< bytes of the current frame that are still to come
    LogSource m_source = LogSource::Stdout;
    bool m_isBroken = false;
};

/// Cuts a byte stream into lines, for JSON streams. Empty lines are passed over.
class LineSplitter {
public:
    /// No line of the engine is that long; a longer one breaks the stream.
    static constexpr qsizetype kLongestLine = 16 * 1024 * 1024;

    [[nodiscard]] bool feed(QByteArrayView bytes, QList<QByteArray>& lines);
    /// What came after the last line end.
    QByteArray takeRest();

private:
    QByteArray m_pending;
};

} // namespace portlight::client
