#include "cli/commands/pull.h"

#include "cli/text/human.h"
#include "cli/text/terminal.h"

#include "engine/base/syscalls.h"

#include <cstdlib>
#include <map>

#include <unistd.h>

namespace portlight::cli {

namespace {

/// Docker's lines: the ones with an id are rewritten in place on a terminal.
class ProgressLines {
public:
    explicit ProgressLines(int descriptor)
        : m_descriptor(descriptor)
        , m_isTerminal(descriptor >= 0 && ::isatty(descriptor) == 1)
    {
    }

    void show(const Json& line)
    {
        if (m_descriptor < 0)
            return;
        if (const Json& stream = member(line, "stream"); stream.is_string()) {
            put(m_descriptor, text(stream));
            return;
        }
        const std::string id = text(member(line, "id"));
        const std::string status = text(member(line, "status"));
        if (status.empty())
            return;
        const bool isMoving =
            line.contains("progressDetail") && !member(line, "progressDetail").empty();
        if (!m_isTerminal) {
            if (!isMoving)
                put(m_descriptor, (id.empty() ? status : id + ": " + status) + '\n');
            return;
        }
        if (id.empty()) {
            put(m_descriptor, status + '\n');
            ++m_lines;
            return;
        }
        rewrite(id, id + ": " + status + ' ' + bar(line));
    }

private:
    void rewrite(const std::string& id, const std::string& line)
    {
        const auto [place, isNew] = m_places.emplace(id, m_lines);
        if (isNew) {
            put(m_descriptor, line + '\n');
            ++m_lines;
            return;
        }
        const std::string up = std::to_string(m_lines - place->second);
        put(m_descriptor, "\x1b[" + up + "A\r\x1b[2K" + line + "\x1b[" + up + "B\r");
    }

    static std::string bar(const Json& line)
    {
        constexpr int width = 40;
        const double current = decimal(memberAt(line, "progressDetail.current"));
        const double total = decimal(memberAt(line, "progressDetail.total"));
        if (current <= 0)
            return {};
        if (total <= 0)
            return humanSize(current);
        const int done = std::min(width, static_cast<int>(width * current / total));
        return '[' + std::string(static_cast<std::size_t>(done), '=') + '>'
            + std::string(static_cast<std::size_t>(width - done), ' ') + "] " + humanSize(current)
            + '/' + humanSize(total);
    }

    int m_descriptor;
    bool m_isTerminal;
    int m_lines = 0;
    std::map<std::string, int> m_places {};
};

} // namespace

Result<Json> showProgress(Connection& connection, int descriptor)
{
    ProgressLines lines(descriptor);
    Json last;
    for (bool more = true; more;) {
        PL_TRY(const std::string line, connection.readLine(more));
        if (line.empty())
            continue;
        PL_TRY(const Json parsed, parseJson(line));
        if (const Json& failure = member(parsed, "error"); failure.is_string())
            return makeError(
                Errc::Internal, text(memberAt(parsed, "errorDetail.message"), text(failure)));
        if (parsed.contains("aux"))
            last = member(parsed, "aux");
        lines.show(parsed);
    }
    return last;
}

std::string clientConfigPath()
{
    if (const char* directory = std::getenv("DOCKER_CONFIG"); directory != nullptr)
        return std::string(directory) + "/config.json";
    const char* home = std::getenv("HOME");
    return std::string(home == nullptr ? "" : home) + "/.docker/config.json";
}

std::string registryOf(const std::string& reference)
{
    const std::size_t slash = reference.find('/');
    const std::string first = reference.substr(0, slash);
    const bool isHost = slash != std::string::npos
        && (first.find_first_of(".:") != std::string::npos || first == "localhost");
    return isHost ? first : "docker.io";
}

std::string registryAuth(const std::string& reference)
{
    const std::string registry = registryOf(reference);
    const auto content = readFile(clientConfigPath());
    if (!content)
        return {};
    const Json config = Json::parse(content.value(), nullptr, false);
    const std::string key = registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
    const Json& entry = member(member(config, "auths"), key);
    if (!entry.is_object())
        return {};
    Json auth { { "serveraddress", key } };
    if (const auto pair = fromBase64(text(member(entry, "auth"))); pair && !pair.value().empty()) {
        const std::size_t colon = pair.value().find(':');
        auth["username"] = pair.value().substr(0, colon);
        auth["password"] =
            colon == std::string::npos ? std::string() : pair.value().substr(colon + 1);
    }
    if (entry.contains("identitytoken"))
        auth["identitytoken"] = member(entry, "identitytoken");
    return base64(dumpJson(auth), true);
}

std::string withTag(const std::string& reference)
{
    const std::size_t slash = reference.rfind('/');
    const std::size_t from = slash == std::string::npos ? 0 : slash;
    const bool isTagged =
        reference.find(':', from) != std::string::npos || reference.find('@') != std::string::npos;
    return isTagged ? reference : reference + ":latest";
}

Result<void> pullImage(
    Engine& engine, const std::string& reference, const std::string& platform, int descriptor)
{
    Request request;
    request.method = "POST";
    request.target =
        target("/images/create", { { "fromImage", withTag(reference) }, { "platform", platform } });
    if (std::string auth = registryAuth(reference); !auth.empty())
        request.headers["X-Registry-Auth"] = std::move(auth);
    PL_TRY(Connection connection, engine.call(request));
    PL_TRY(showProgress(connection, descriptor));
    return success();
}

} // namespace portlight::cli
