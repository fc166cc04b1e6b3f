#pragma once

#include "app/views/widgets/state_page.h"

namespace portlight::views {

/// What pages must know of the engine, in words.
struct EngineNotice {
    enum class State {
        Waiting, ///< asking for it or starting it: pages show that they are loading
        Running,
        Away, ///< pages show @ref away in place of their content
    };
    State state = State::Waiting;
    StateContent away;
};

} // namespace portlight::views
