#include "app/models/problems.h"

#include "app/models/exit_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace portlight::models {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Problems)
};

constexpr int kRequestNearMs = 30'000;

/// How the last run ended, as the events tell it.
struct LastEnd {
    QDateTime time;
    bool wasOutOfMemory = false;
    bool wasRequested = false; ///< somebody stopped, killed or restarted it
};

LastEnd lastEnd(const QString& id, const QList<client::EngineEvent>& events)
{
    LastEnd end;
    for (const client::EngineEvent& event : events) {
        if (event.actorId != id)
            continue;
        if (event.action == QLatin1String("start"))
            end = {};
        else if (event.action == QLatin1String("oom"))
            end.wasOutOfMemory = true;
        else if (event.action == QLatin1String("die"))
            end.time = event.time;
        else if (event.action == QLatin1String("kill") || event.action == QLatin1String("stop")
            || event.action == QLatin1String("restart"))
            end.wasRequested =
                !end.time.isValid() || std::abs(end.time.msecsTo(event.time)) < kRequestNearMs;
    }
    return end;
}

/// Exit codes that a stop by request gives, where nothing else is known of it.
bool looksStopped(int code)
{
    return code == 130 || code == 137 || code == 143;
}

std::optional<Problem> problemOf(
    const client::ContainerSummary& container, const QList<client::EngineEvent>& events)
{
    using client::ContainerState;
    if (container.state == ContainerState::Restarting)
        return Problem { Text::tr("%1 keeps restarting").arg(container.name),
            Text::tr("It ends each time soon after its start. Its log says why."), {},
            EventTone::Warn, container.id, {}, false };
    if (container.state == ContainerState::Running && container.health == client::Health::Unhealthy)
        return Problem { Text::tr("%1 is unhealthy").arg(container.name),
            Text::tr("Its own health check fails. The last probes stand on its page."), {},
            EventTone::Warn, container.id, {}, false };
    const int code = container.exitCode.value_or(0);
    if (container.isRunning() || code == 0)
        return std::nullopt;
    const LastEnd end = lastEnd(container.id, events);
    if (!end.wasOutOfMemory && (end.wasRequested || (!end.time.isValid() && looksStopped(code))))
        return std::nullopt;
    client::ContainerDetails details;
    details.id = container.id;
    details.name = container.name;
    details.state = container.state;
    details.exitCode = code;
    details.wasOomKilled = end.wasOutOfMemory;
    details.started = container.created;
    details.finished = end.time;
    const QString title = end.wasOutOfMemory
        ? Text::tr("%1: out of memory").arg(container.name)
        : Text::tr("%1: exited with code %2").arg(container.name).arg(code);
    return Problem { title, exitText(details).reason, end.time, EventTone::Bad, container.id, {},
        true };
}

} // namespace

QList<Problem> containerProblems(
    const QList<client::ContainerSummary>& containers, const QList<client::EngineEvent>& events)
{
    QList<Problem> problems;
    for (const client::ContainerSummary& container : containers)
        if (auto problem = problemOf(container, events))
            problems.append(*std::move(problem));
    // What is so now first, then by time; times that are not known last.
    std::sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
        if (a.canStart != b.canStart)
            return !a.canStart;
        if (a.time != b.time)
            return a.time.isValid() && (!b.time.isValid() || a.time > b.time);
        return a.title < b.title;
    });
    return problems;
}

QList<Problem> hostProblems(const client::HostReport& report)
{
    QList<Problem> problems;
    for (const client::HostFeature& feature : report.features)
        if (!feature.isAvailable && !feature.cause.isEmpty())
            problems.append({ feature.cause, {}, {}, EventTone::Warn, {}, feature.fix, false });
    return problems;
}

} // namespace portlight::models
