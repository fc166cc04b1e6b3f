#pragma once

#include "engine/api/router.h"
#include "engine/core/exec_service.h"

namespace portlight::api {

/// Processes that are added to a container. Engine API 1.50, tag Exec.
class ExecRoutes {
public:
    explicit ExecRoutes(core::ExecService& execs)
        : m_execs(execs)
    {
    }
    /// The handlers refer to this object: it must outlive the router's last request.
    void registerOn(Router& router);

private:
    Task<Response> create(Request request);
    Task<Response> start(Request request);
    Task<Response> inspect(Request request);
    Task<Response> resize(Request request);

    core::ExecService& m_execs;
};

} // namespace portlight::api
