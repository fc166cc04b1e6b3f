#pragma once

#include "engine/api/router.h"
#include "engine/core/registry_service.h"

namespace portlight::api {

/// Images from and to registries: POST /images/create and /images/{name}/push, POST /auth, GET
/// /images/search, GET /distribution/{name}/json; Engine API 1.50, Image, System, Distribution. @p
/// registries outlives the router.
class RegistryRoutes {
public:
    /// @p importTree takes POST /images/create where it has fromSrc.
    RegistryRoutes(core::RegistryService& registries, Handler importTree)
        : m_registries(registries)
        , m_importTree(std::move(importTree))
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> create(Request request);
    Task<Response> push(Request request);
    Task<Response> logIn(Request request);
    Task<Response> search(Request request);
    Task<Response> distribution(Request request);

    core::RegistryService& m_registries;
    Handler m_importTree;
};

/// `platform` as JSON (since 1.48: {"os":…,"architecture":…}) or as os/arch/variant.
Result<std::optional<oci::Platform>> platformOf(const Request& request);

} // namespace portlight::api
