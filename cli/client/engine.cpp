#include "cli/client/engine.h"

#include "cli/client/engine_start.h"

namespace portlight::cli {

namespace {

Errc codeOf(int status)
{
    switch (status) {
    case 400:
        return Errc::InvalidArgument;
    case 401:
        return Errc::Unauthorized;
    case 403:
        return Errc::Forbidden;
    case 404:
        return Errc::NotFound;
    case 409:
        return Errc::Conflict;
    case 501:
        return Errc::NotImplemented;
    default:
        return Errc::Internal;
    }
}

} // namespace

std::string target(const std::string& path, const Query& query)
{
    std::string whole = path;
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty())
            continue;
        whole += separator + name + '=' + encoded(value);
        separator = '&';
    }
    return whole;
}

Error engineError(int status, const std::string& body)
{
    const auto parsed = Json::parse(body, nullptr, false);
    const std::string said = text(member(parsed, "message"), body);
    return makeError(codeOf(status),
        "Error response from daemon: "
            + (said.empty() ? "status " + std::to_string(status) + " without a reason" : said));
}

Result<Connection> Engine::connect()
{
    auto connection = Connection::open(m_socketPath);
    if (connection)
        return connection;
    const Errc code = connection.error().code;
    if (code == Errc::Forbidden)
        return makeError(Errc::Unavailable,
            "permission denied while trying to connect to the engine at unix://" + m_socketPath
                + ": the socket belongs to another user; run the command as that user");
    if (!m_mayStart || (code != Errc::NotFound && code != Errc::Unavailable))
        return makeError(Errc::Unavailable,
            "Cannot connect to the engine at unix://" + m_socketPath + " ("
                + errnoText(connection.error().sysErrno)
                + "). Is it running? Start it with: " + "portlightd --socket " + m_socketPath);
    m_mayStart = false;
    PL_TRY(startEngine(m_socketPath));
    return Connection::open(m_socketPath);
}

Result<Connection> Engine::open(const Request& request)
{
    PL_TRY(Connection connection, connect());
    PL_TRY(connection.send(request));
    return connection;
}

Result<Connection> Engine::call(const Request& request)
{
    PL_TRY(Connection connection, open(request));
    if (connection.status() < 300 || connection.status() == 304)
        return connection;
    PL_TRY(const std::string body, connection.readAll());
    return engineError(connection.status(), body);
}

Result<Connection> Engine::call(
    const std::string& method, const std::string& target, const std::string& body)
{
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    return call(request);
}

Result<Json> Engine::json(
    const std::string& method, const std::string& target, const std::string& body)
{
    PL_TRY(Connection connection, call(method, target, body));
    PL_TRY(const std::string answer, connection.readAll());
    if (answer.empty())
        return Json();
    return parseJson(answer);
}

} // namespace portlight::cli
