#include "engine/api/router.h"

#include "engine/api/known_routes.h"

#include <optional>
#include <span>

namespace portlight::api {

namespace {

using Params = std::map<std::string, std::string>;
using Segments = std::vector<std::string>;

Segments splitPath(std::string_view path)
{
    Segments segments;
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    for (;;) {
        const auto slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos)
            return segments;
        path.remove_prefix(slash + 1);
    }
}

bool isParameter(const std::string& segment)
{
    return segment.starts_with('{');
}

// How many literal segments of the pattern met the path, nullopt where it does not match. A
// "{name...}" takes the fewest segments that let the rest match.
std::optional<int> match(
    std::span<const std::string> pattern, std::span<const std::string> path, Params& params)
{
    if (pattern.empty())
        return path.empty() ? std::optional(0) : std::nullopt;
    if (path.empty() || path[0].empty())
        return path.size() == 1 && pattern.size() == 1 && pattern[0].empty() ? std::optional(1)
                                                                             : std::nullopt;
    const std::string& head = pattern[0];
    if (!isParameter(head)) {
        if (head != path[0])
            return std::nullopt;
        const auto rest = match(pattern.subspan(1), path.subspan(1), params);
        return rest ? std::optional(*rest + 1) : std::nullopt;
    }
    const bool isOpen = head.ends_with("...}");
    const std::string name = head.substr(1, head.size() - (isOpen ? 5 : 2));
    std::string value = path[0];
    for (std::size_t taken = 1;; ++taken) {
        if (const auto rest = match(pattern.subspan(1), path.subspan(taken), params)) {
            params[name] = value;
            return rest;
        }
        if (!isOpen || taken == path.size())
            return std::nullopt;
        value += "/" + path[taken];
    }
}

} // namespace

void Router::add(std::string method, std::string pattern, Handler handler)
{
    m_routes.push_back(Route { std::move(method), splitPath(pattern), std::move(handler) });
}

Task<Response> Router::dispatch(Request request) const
{
    const Segments path = splitPath(request.path);
    const Route* best = nullptr;
    int bestLiterals = -1;
    for (const Route& route : m_routes) {
        Params params;
        if (route.method != request.method)
            continue;
        const auto literals = match(route.pattern, path, params);
        if (literals && *literals > bestLiterals) {
            best = &route;
            bestLiterals = *literals;
            request.pathParams = std::move(params);
        }
    }
    if (best != nullptr) {
        auto answer = best->handler(std::move(request));
        co_return co_await std::move(answer);
    }
    for (const KnownRoute& known : knownRoutes()) {
        Params params;
        if (known.method == request.method
            && match(splitPath(known.pattern), path, params).has_value()) {
            if (asksSwarm(known))
                co_return makeError(Errc::Unavailable,
                    "This node is not a swarm manager. Use \"docker swarm init\" or \"docker "
                    "swarm join\" to connect this node to swarm and try again.");
            // "docker inspect" goes on to the next kind of object only at "not supported".
            co_return makeError(Errc::NotImplemented,
                std::string(known.method) + " " + std::string(known.pattern)
                    + " is part of the Engine API, but not supported by this version of Portlight");
        }
    }
    co_return makeError(Errc::NotFound, "page not found");
}

} // namespace portlight::api
