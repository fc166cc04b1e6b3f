#pragma once

#include "engine/api/router.h"
#include "engine/core/registry_service.h"

namespace portlight::api {

/// Images from and to registries: POST /images/{name}/push, POST /auth, GET /images/search, GET
/// /distribution/{name}/json; Engine API 1.50, Image, System, Distribution. @p registries outlives
/// the router.
class RegistryRoutes {
public:
    explicit RegistryRoutes(core::RegistryService& registries)
        : m_registries(registries)
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
};

/// `platform` as JSON (since 1.48: {"os":…,"architecture":…}) or as os/arch/variant.
Result<std::optional<oci::Platform>> platformOf(const Request& request);

} // namespace portlight::api
