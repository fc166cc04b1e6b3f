#pragma once

#include "app/client/event_stream.h"
#include "app/client/types/log_frame.h"

#include <optional>

namespace portlight::client {

/// Query of GET /containers/{id}/logs.
struct LogOptions {
    bool follows = true; ///< stay and deliver what is written from now on
    std::optional<int> tail; ///< only the last so many lines; nullopt: all
    QDateTime since; ///< invalid: from the beginning
    QDateTime until; ///< invalid: to the end
    bool withTimestamps = true; ///< each line starts with an RFC 3339 time and a space
    bool isRaw = false; ///< the container has a terminal: no frames on the wire
};

/// GET /containers/{id}/logs. The engine is read no faster than setPaused allows: a paused stream
/// holds at most 256 KiB here and the engine waits.
class LogStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

    virtual void setPaused(bool paused) = 0;

signals:
    void received(const portlight::client::LogFrame& frame);
};

/// GET /containers/{id}/stats: about one sample a second of one container, for engines that lack
/// StatsStream. The CPU figure is worked out from two readings, so the first sample has none.
class ContainerStatsStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

signals:
    void sampled(const QDateTime& read, const portlight::client::ContainerStats& stats);
};

} // namespace portlight::client
