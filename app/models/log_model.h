#pragma once

#include "app/client/types/log_frame.h"

#include <QByteArrayView>
#include <QObject>

#include <memory>
#include <optional>

namespace portlight::models {

/// One line of a log.
struct LogLine {
    QByteArrayView text; ///< as written, without line end; may hold ANSI sequences and bad UTF-8
    client::LogSource source = client::LogSource::Stdout;
    qint64 timeMs = 0; ///< since the epoch, UTC; 0 when the engine gave none
    quint16 origin = 0; ///< whose it is where several logs are one; else 0
};

/// A log of any size: append only, in chunks of 4 MB; full chunks are spilled to an unlinked file
/// that is mapped, so that memory stays small. Lines are found by number. Views paint it
/// themselves; nothing here is copied per line.
class LogModel : public QObject {
    Q_OBJECT
public:
    struct Match {
        qsizetype line = 0;
        qsizetype column = 0; ///< bytes from the line's begin
        qsizetype length = 0; ///< bytes

        bool operator==(const Match&) const = default;
    };

    explicit LogModel(QObject* parent = nullptr);
    ~LogModel() override;

    /// Whether each line starts with an RFC 3339 time and a space, which is then taken off. Set
    /// before the first append.
    void setTimestamped(bool timestamped);
    /// Output as it comes, lines may be split over frames. The two sources are put together apart
    /// from each other; a line counts when its end has come.
    void append(const client::LogFrame& frame);
    /// A whole line of one of several logs.
    void appendLine(const LogLine& line);
    /// Nothing more will come: what has no line end yet becomes a line.
    void finish();
    void clear();
    /// Oldest lines are dropped by whole chunks beyond this; default 1 GB.
    void setMaximumBytes(qint64 bytes);

    qsizetype lineCount() const;
    /// @p index below lineCount(). The text is valid until the next change of this object.
    LogLine line(qsizetype index) const;
    qint64 byteCount() const;

    /// The first match at or after line @p from (backwards: at or before), without going round.
    std::optional<Match> find(QByteArrayView needle, qsizetype from, bool backwards = false,
        Qt::CaseSensitivity sensitivity = Qt::CaseInsensitive) const;
    /// Numbers of the lines that hold @p needle, at most @p limit.
    QList<qsizetype> matchingLines(QByteArrayView needle,
        Qt::CaseSensitivity sensitivity = Qt::CaseInsensitive, qsizetype limit = 10'000'000) const;

signals:
    /// At most once per turn of the event loop.
    void linesAppended(qsizetype first, qsizetype count);
    /// The first @p count lines are gone, all numbers move down by it.
    void linesDropped(qsizetype count);
    void cleared();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portlight::models
