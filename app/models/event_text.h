#pragma once

#include "app/client/types/engine_event.h"

#include <QString>

namespace portlight::models {

/// How an event reads; values as theme::Tone, which models do not know.
enum class EventTone { Ok, Warn, Bad, Info, Idle, Pause };

struct EventText {
    QString text; ///< "Exited with code 3", translated
    EventTone tone = EventTone::Info;
    bool isNotable = false; ///< worth a mark: start, end, out of memory, health, pause
};

/// An event of a container in words.
EventText eventText(const client::EngineEvent& event);

} // namespace portlight::models
