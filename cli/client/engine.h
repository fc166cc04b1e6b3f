#pragma once

#include "cli/client/connection.h"
#include "cli/json.h"

#include <string>
#include <utility>
#include <vector>

namespace portlight::cli {

/// A query's parameters in order; empty values are left out by target().
using Query = std::vector<std::pair<std::string, std::string>>;
std::string target(const std::string& path, const Query& query = {});

/// What the engine refused, with the text that docker puts before it.
Error engineError(int status, const std::string& body);

/// The engine behind a socket. Where it is the user's own and does not answer, it is started once,
/// as the window does it.
class Engine {
public:
    Engine(std::string socketPath, bool mayStart)
        : m_socketPath(std::move(socketPath))
        , m_mayStart(mayStart)
    {
    }

    const std::string& socketPath() const { return m_socketPath; }

    /// The raw call: any status is success here. Errors: Unavailable where no engine is reached.
    Result<Connection> open(const Request& request);
    /// A call whose status is 2xx or 304; anything else is an Error with the engine's text
    /// (NotFound for 404, Conflict for 409 …). The body is still to be read.
    Result<Connection> call(const Request& request);
    Result<Connection> call(
        const std::string& method, const std::string& target, const std::string& body = {});
    /// call() and the body parsed; null where it is empty.
    Result<Json> json(
        const std::string& method, const std::string& target, const std::string& body = {});
    Result<Json> get(const std::string& target) { return json("GET", target); }

private:
    Result<Connection> connect();

    std::string m_socketPath;
    bool m_mayStart;
};

} // namespace portlight::cli
