#pragma once

#include "engine/api/router.h"
#include "engine/core/system_service.h"

namespace portlight::api {

/// GET and HEAD /_ping, GET /version, /info, /events: Engine API 1.50, System.
class SystemRoutes {
public:
    /// @p system outlives the router.
    explicit SystemRoutes(core::SystemService& system)
        : m_system(system)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> ping(Request request);
    Task<Response> version(Request request);
    Task<Response> info(Request request);
    Task<Response> events(Request request);

    core::SystemService& m_system;
};

} // namespace portlight::api
