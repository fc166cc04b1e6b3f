#pragma once

#include "app/client/types/log_frame.h"
#include "app/models/log_model.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>
#include <vector>

namespace portlight::models {

/// Makes one log of several, in the order of their times. Each log comes in order; a line is handed
/// on when no other log can have an older one: it has a newer one waiting, has ended, or has been
/// silent for a moment.
class LogMerger : public QObject {
    Q_OBJECT

public:
    /// Lines go into @p model, which must outlive this object.
    explicit LogMerger(LogModel& model, QObject* parent = nullptr);

    /// Forgets everything and expects @p count logs, whose lines start with their times.
    void start(int count);
    void append(int origin, const client::LogFrame& frame);
    /// Nothing more comes of it: what has no line end yet is a line.
    void finish(int origin);
    /// Bytes that wait for their turn: more than kMostWaiting is a reason to read slower.
    qint64 waitingBytes() const { return m_waitingBytes; }
    static constexpr qint64 kMostWaiting = 32 << 20;

signals:
    void waitingShrunk();

private:
    struct Line {
        QByteArray text;
        client::LogSource source;
        qint64 timeMs;
    };
    struct Log {
        QByteArray pending[2]; ///< per source, what has no line end yet
        std::deque<Line> lines;
        qint64 lastMs = 0; ///< time of its newest line: lines without one take it
        QElapsedTimer silence;
        bool hasEnded = false;
    };
    void addLine(Log& log, QByteArrayView text, client::LogSource source);
    void flush();

    LogModel& m_model;
    std::vector<Log> m_logs;
    qint64 m_waitingBytes = 0;
    QTimer m_timer;
};

} // namespace portlight::models
