#pragma once

#include "engine/base/result.h"

#include <string>

namespace portlight::cli {

/// The user's own socket: /run/portlight/engine.sock for root, below XDG_RUNTIME_DIR for others.
std::string defaultSocket();

/// Where this program lies; its neighbours are the engine and the window.
std::string programDirectory();

/// Starts portlightd, from beside this program or from PATH, as a process of its own session with
/// its output in portlightd.log beside the socket, and returns once it accepts connections. The
/// directories come from PORTLIGHT_DATA_ROOT and PORTLIGHT_STATE_DIR where they are set. Errors:
/// Unavailable, with the engine's last words where it ended.
Result<void> startEngine(const std::string& socketPath);

} // namespace portlight::cli
