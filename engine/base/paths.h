#pragma once

#include "engine/base/result.h"

#include <string>

namespace portlight {

/// Where one engine keeps its things (design: socket, data, runtime state, configuration).
struct EnginePaths {
    std::string socket; ///< Unix socket of the Engine API
    std::string dataRoot; ///< images, layers, containers, state.sqlite; survives a reboot
    std::string stateDir; ///< sockets and pid records; gone after a reboot
    std::string configFile; ///< engine.json

    std::string database() const { return dataRoot + "/state.sqlite"; }
    std::string blobs() const { return dataRoot + "/blobs/sha256"; }
    std::string layers() const { return dataRoot + "/layers"; }
    std::string temporary() const { return dataRoot + "/tmp"; }
    std::string container(const std::string& id) const { return dataRoot + "/containers/" + id; }
    std::string containerState(const std::string& id) const
    {
        return stateDir + "/containers/" + id;
    }
};

/// The defaults: /run/portlight, /var/lib/portlight and /etc/portlight for root; the XDG
/// directories for everybody else (XDG base directory specification). Errors: Unavailable where a
/// user has neither XDG_RUNTIME_DIR nor a home directory.
Result<EnginePaths> defaultPaths(bool isRoot);

} // namespace portlight
