#pragma once

#include "engine/launcher/id_mapping.h"
#include "engine/launcher/launcher_protocol.h"

#include <string>

namespace portlight::launcher {

struct LauncherSettings {
    std::string stateDir; ///< holds launcher.sock; locked by the caller
    std::string program; ///< path of portlight-launcher
    IdMapping mapping; ///< used where a launcher must be started
};

/// The engine's connection to its launcher; closing it tells the launcher that the engine is gone.
class LauncherClient {
public:
    /// Connects to the launcher of @p settings.stateDir, starting one where none answers, and moves
    /// this process, which must be single-threaded, into its namespaces: afterwards it is root
    /// there. Errors: what the launcher or the kernel says, with what helps.
    static Result<LauncherClient> join(const LauncherSettings& settings);

    /// The namespaces stay while the process behind @p pidFd lives.
    Result<void> holdProcess(const Fd& pidFd) const;

private:
    explicit LauncherClient(Fd connection)
        : m_connection(std::move(connection))
    {
    }
    Fd m_connection;
};

} // namespace portlight::launcher
