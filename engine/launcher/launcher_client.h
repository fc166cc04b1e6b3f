#pragma once

#include "engine/base/host_port.h"
#include "engine/launcher/id_mapping.h"
#include "engine/launcher/launcher_protocol.h"

#include <memory>
#include <mutex>
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
    /// A socket bound in the host's network namespace. Any thread; blocking. Errors: as
    /// openHostPort.
    Result<Fd> openPort(const HostPort& port) const;
    /// Gives the engine's namespace a way out (pasta, else slirp4netns); does nothing where it has
    /// one. Any thread; blocking for some ten milliseconds. Errors: Unavailable with the reason.
    Result<void> connectOutside() const;
    /// Starts portlight-names in the host's namespaces, where the host's name servers are to be
    /// reached, to listen on @p listener, whose name is @p path. Any thread.
    Result<void> startNames(const Fd& listener, const std::string& path) const;

private:
    explicit LauncherClient(Fd connection)
        : m_connection(std::move(connection))
    {
    }
    Result<Message> request(const Message& message) const;

    Fd m_connection;
    /// One question at a time: answers come in order and name nothing.
    std::unique_ptr<std::mutex> m_mutex = std::make_unique<std::mutex>();
};

} // namespace portlight::launcher
