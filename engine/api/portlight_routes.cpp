#include "engine/api/portlight_routes.h"

namespace portlight::api {

namespace {

Task<Response> hostReport(core::SystemService& system)
{
    co_return Response::json(system.hostJson());
}

} // namespace

void addHostRoute(Router& router, core::SystemService& system)
{
    router.add(
        "GET", "/portlight/v1/host", [&system](Request /*request*/) { return hostReport(system); });
}

} // namespace portlight::api
