#pragma once

#include "engine/names/name_protocol.h"
#include "engine/names/name_table.h"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace portlight::names {

/// The engine's connection to its name server, which it starts where none answers. Thread-safe;
/// blocking for less than a millisecond, some when one is started.
class NameClient {
public:
    /// Starts portlight-names on a listening socket whose name is `path`.
    using StartServer = std::function<Result<void>(const Fd& listener, const std::string& path)>;

    /// @p directory holds names.sock; the engine has its lock.
    NameClient(std::string directory, StartServer start)
        : m_directory(std::move(directory))
        , m_start(std::move(start))
    {
    }

    /// A container that has its sockets already has changed.
    Result<void> set(const NamedContainer& container);
    /// A container that has started: its sockets and a pidfd with whose end it is forgotten.
    Result<void> set(
        const NamedContainer& container, const Fd& udp, const Fd& tcp, const Fd& process);
    Result<void> remove(const std::string& id, const std::string& sandbox);
    /// Has all others forgotten; returns those of @p ids that are known.
    Result<std::vector<std::string>> keep(const std::vector<std::string>& ids);
    /// A copy of the connection, for waiting for its end. Errors: NotFound where there is none.
    Result<Fd> connection();
    /// After its end.
    void disconnect();

private:
    Result<void> connect();
    Result<void> send(const Json& json, const std::vector<const Fd*>& descriptors);

    std::string m_directory;
    StartServer m_start;
    std::mutex m_mutex;
    Fd m_connection;
};

} // namespace portlight::names
