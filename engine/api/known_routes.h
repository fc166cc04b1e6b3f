#pragma once

#include <span>
#include <string_view>

namespace portlight::api {

struct KnownRoute {
    std::string_view method;
    std::string_view pattern; ///< as Router::add takes it
};

/// Every call of the Engine API (1.50, `paths`): what is among them and has no handler answers 501
/// instead of 404, so that a client can tell "not here" from "no such thing".
std::span<const KnownRoute> knownRoutes();

/// Whether the call is one to a swarm's manager, which no engine outside of a swarm is: Docker
/// answers 503 and says so (Engine API, "node is not part of a swarm"). Making or joining a swarm
/// is not.
bool asksSwarm(const KnownRoute& route);

} // namespace portlight::api
