#pragma once

#include "app/client/types/api_error.h"
#include "app/client/types/container_stats.h"
#include "app/client/types/engine_event.h"

#include <QObject>

#include <chrono>

namespace portlight::client {

/// An answer of the engine that does not end by itself, on a connection of its own. Runs from its
/// making until it is deleted or ended() was emitted, which happens once.
class EngineStream : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

signals:
    /// The engine answered with success; what follows is live.
    void opened();
    /// No more will come: after the engine closed it in good order, or after failed().
    void ended();
    /// Before ended(), when it broke or was refused.
    void failed(const portlight::client::ApiError& error);
};

/// GET /events. Comes back by itself with back-off (250 ms doubling to 10 s) after a break; ended()
/// is never emitted, failed() and opened() tell each break and each return.
class EventStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

signals:
    void eventReceived(const portlight::client::EngineEvent& event);
};

/// GET /portlight/v1/stats: all running containers, one tick per interval. Ends with a failure that
/// isUnsupported() on engines other than Portlight's. It does not come back by itself.
class StatsStream : public EngineStream {
    Q_OBJECT
public:
    using EngineStream::EngineStream;

signals:
    void ticked(const portlight::client::StatsTick& tick);
};

} // namespace portlight::client
