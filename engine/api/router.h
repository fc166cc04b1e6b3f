#pragma once

#include "engine/api/http.h"

#include <string>
#include <vector>

namespace portlight::api {

/// Finds the handler of a request. Patterns are paths with {name} for one segment and {name...} for
/// the rest up to the next literal (image names hold slashes: "/images/{name...}/json"). More
/// literal segments win.
class Router {
public:
    void add(std::string method, std::string pattern, Handler handler);

    /// Runs the handler. Errors: NotFound "page not found" for an unknown path, and NotImplemented
    /// for a path of the Engine API that this engine does not offer (knownRoutes in router.cpp).
    Task<Response> dispatch(Request request) const;

private:
    struct Route {
        std::string method;
        std::vector<std::string> pattern;
        Handler handler;
    };
    std::vector<Route> m_routes;
};

} // namespace portlight::api
