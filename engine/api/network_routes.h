#pragma once

#include "engine/api/router.h"
#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

namespace portlight::api {

/// /networks…: Engine API 1.50, Network.
class NetworkRoutes {
public:
    NetworkRoutes(core::NetworkService& networks, core::ContainerService& containers)
        : m_networks(networks)
        , m_containers(containers)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> list(Request request);
    Task<Response> inspect(Request request);
    Task<Response> create(Request request);
    Task<Response> remove(Request request);
    Task<Response> connect(Request request);
    Task<Response> disconnect(Request request);
    Task<Response> prune(Request request);

    core::NetworkService& m_networks;
    core::ContainerService& m_containers;
};

} // namespace portlight::api
