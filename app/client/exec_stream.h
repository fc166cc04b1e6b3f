#pragma once

#include "app/client/event_stream.h"

#include <QStringList>

#include <optional>

namespace portlight::client {

/// A program that is started beside a container's own, with a terminal.
struct ExecOptions {
    QStringList command;
    QString user; ///< empty: as the container's own
    int columns = 80;
    int rows = 24;
};

/// POST /containers/{id}/exec and /exec/{id}/start, upgraded: bytes of a terminal both ways.
/// ended() after the program has ended; failed() before it where it could not be started.
class ExecStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

    /// What the user types. Lost before opened().
    virtual void write(const QByteArray& bytes) = 0;
    virtual void resize(int columns, int rows) = 0;
    /// Nothing is read while paused; the program waits when the buffers are full.
    virtual void setPaused(bool paused) = 0;

signals:
    void received(const QByteArray& bytes);
    /// Before ended(), where the engine says it.
    void exited(int code);
};

} // namespace portlight::client
