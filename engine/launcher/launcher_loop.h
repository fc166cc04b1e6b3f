#pragma once

#include "engine/launcher/launcher_protocol.h"
#include "engine/launcher/namespace_maker.h"

namespace portlight::launcher {

/// Serves engines on @p listener until none is connected and no held process lives. Returns then;
/// the caller removes the socket's name before it drops the listener. @p made is what every engine
/// is answered with: the namespaces or why there are none (after which one answer ends it all).
/// @p directory holds the socket, and what programs leave.
void serveEngines(Fd listener, const Result<NamespaceSet>& made, int firstEngineTimeoutMs,
    const std::string& directory);

} // namespace portlight::launcher
