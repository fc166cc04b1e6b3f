#include "app/models/event_text.h"

#include <QCoreApplication>

namespace portlight::models {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(EventText)
};

EventText dieText(const client::EngineEvent& event)
{
    bool isNumber = false;
    const int code = event.attributes.value(QStringLiteral("exitCode")).toInt(&isNumber);
    if (!isNumber)
        return { Text::tr("Ended"), EventTone::Idle, true };
    if (code == 0)
        return { Text::tr("Finished", "the container ended without an error"), EventTone::Idle,
            true };
    return { Text::tr("Exited with code %1").arg(code), EventTone::Bad, true };
}

} // namespace

EventText eventText(const client::EngineEvent& event)
{
    const QString& action = event.action;
    const auto is = [&](const char* name) { return action == QLatin1String(name); };
    if (is("start"))
        return { Text::tr("Started"), EventTone::Ok, true };
    if (is("die"))
        return dieText(event);
    if (is("oom"))
        return { Text::tr("Out of memory"), EventTone::Bad, true };
    if (action.startsWith(QLatin1String("health_status"))) {
        if (action.contains(QLatin1String("unhealthy")))
            return { Text::tr("Unhealthy"), EventTone::Warn, true };
        return { Text::tr("Healthy"), EventTone::Ok, true };
    }
    if (is("pause"))
        return { Text::tr("Paused"), EventTone::Pause, true };
    if (is("unpause"))
        return { Text::tr("Resumed"), EventTone::Ok, true };
    if (is("create"))
        return { Text::tr("Created"), EventTone::Info, false };
    if (is("destroy"))
        return { Text::tr("Removed"), EventTone::Idle, false };
    if (is("stop"))
        return { Text::tr("Stopped by request"), EventTone::Idle, false };
    if (is("restart"))
        return { Text::tr("Restarted by request"), EventTone::Info, false };
    if (is("kill"))
        return { Text::tr("Signal %1 sent")
                     .arg(event.attributes.value(QStringLiteral("signal"), QStringLiteral("?"))),
            EventTone::Info, false };
    if (is("rename"))
        return { Text::tr("Renamed from %1")
                     .arg(event.attributes.value(QStringLiteral("oldName")).remove(u'/')),
            EventTone::Info, false };
    if (is("update"))
        return { Text::tr("Limits changed"), EventTone::Info, false };
    return { action, EventTone::Info, false };
}

} // namespace portlight::models
