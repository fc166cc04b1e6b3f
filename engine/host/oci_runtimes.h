#pragma once

#include "engine/base/result.h"

#include <string>
#include <vector>

namespace portlight::host {

/// The runtime that is part of the engine, as HostConfig.Runtime names it.
inline constexpr const char* kOwnRuntime = "portlight";

/// An OCI runtime program that containers may be run with.
struct OciRuntime {
    std::string name; ///< as HostConfig.Runtime has it
    std::string path; ///< absolute; empty: the engine's own
    std::vector<std::string> arguments; ///< global options, before the command's word
};

/// What containers can be run with on this host: the engine's own runtime, what engine.json
/// registers and what of the well-known ones is on PATH at the time of the call.
struct OciRuntimes {
    std::vector<OciRuntime> registered;
    std::string defaultName = kOwnRuntime; ///< for containers that name none

    /// Own first, then the others by name.
    std::vector<OciRuntime> list() const;
    /// The runtime @p name; "" is the default. Errors: InvalidArgument naming what there is.
    Result<OciRuntime> find(const std::string& name) const;
};

} // namespace portlight::host
