#pragma once

#include "engine/api/router.h"
#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

namespace portlight::api {

/// /networks…: Engine API 1.50, Network; and our own calls on the ports of a container, running or
/// not, PORTS being /portlight/v1/containers/{id}/ports:
/// - GET PORTS answers `{"Ports": {"80/tcp": [{"HostIp", "HostPort"}] or null}}` as inspect has
///   them;
/// - POST PORTS {"ContainerPort": "80/tcp", "HostIp": "", "HostPort": "8080" or "8000-8010" or ""}
///   publishes one more, at once where the container runs, and at each start. 201 with the `Ports`
///   of GET, 400, 404, 409 where no port can lead to it, 500 "port is already allocated";
/// - DELETE PORTS?port=80/tcp&hostIp=&hostPort= takes those back that match. Connections that are
///   there go on. 204, 400, 404.
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
    Task<Response> listPorts(Request request);
    Task<Response> publishPort(Request request);
    Task<Response> unpublishPort(Request request);

    core::NetworkService& m_networks;
    core::ContainerService& m_containers;
};

} // namespace portlight::api
