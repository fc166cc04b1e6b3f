#pragma once

#include "app/client/types/container_summary.h"
#include "app/client/types/engine_event.h"
#include "app/client/types/host_report.h"
#include "app/models/event_text.h"

#include <QList>

namespace portlight::models {

/// Something that somebody should look at.
struct Problem {
    QString title; ///< "migration: exited with code 3"
    QString text; ///< what that means, what may help
    QDateTime time; ///< invalid: it is so at present
    EventTone tone = EventTone::Bad;
    QString containerId; ///< empty: of the host
    QString fix; ///< exact command that mends it, may be empty
    bool canStart = false;

    bool operator==(const Problem&) const = default;
};

/// Containers that failed, keep restarting or are unhealthy, the newest first. @p events are those
/// of the last day, oldest first: they tell who was out of memory and who was stopped by somebody.
QList<Problem> containerProblems(
    const QList<client::ContainerSummary>& containers, const QList<client::EngineEvent>& events);

/// What the engine wants of its host and does not get.
QList<Problem> hostProblems(const client::HostReport& report);

} // namespace portlight::models
