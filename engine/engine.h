#pragma once

#include "engine/base/fd.h"
#include "engine/base/host_port.h"
#include "engine/base/paths.h"
#include "engine/base/result.h"
#include "engine/host/oci_runtimes.h"

#include <cstdint>
#include <functional>
#include <string>

namespace portlight {

struct EngineSettings {
    EnginePaths paths; ///< directories exist and are locked by the caller
    /// Rootless: the control group below which this engine may make others; "" where none is given.
    std::string cgroupRoot;
    bool isRootless = false; ///< in a user namespace of the launcher's
    host::OciRuntimes runtimes; ///< what HostConfig.Runtime may name
    std::string programDirectory; ///< where portlightd lies, and portlight-shim beside it
    /// Rootless: keeps the namespaces while the process behind a pidfd lives; empty as root.
    std::function<Result<void>(const Fd&)> holdProcess;
    /// Listens on the host's addresses; empty as root: in this process.
    std::function<Result<Fd>(const HostPort&)> openHostPort;
    /// Starts portlight-names on a socket of that name; empty as root: as a child of this process.
    std::function<Result<void>(const Fd& listener, const std::string& path)> startNames;
    /// Rootless: gives the engine's network namespace a way out; empty as root.
    std::function<Result<void>()> connectOutside;
    /// Rootless: connects to a host from the host's network; empty as root.
    std::function<Result<Fd>(const std::string& host, std::uint16_t port)> dial;
    std::function<void()> onListening; ///< once, when the socket takes connections
};

/// Runs the engine on this thread until SIGTERM or SIGINT. Containers go on after it.
/// Errors: what keeps it from starting.
Result<void> runEngine(EngineSettings settings);

} // namespace portlight
