#pragma once

#include "engine/api/router.h"
#include "engine/core/container_service.h"

namespace portlight::api {

/// Containers as objects: create, list, inspect, remove, rename, prune, top.
/// Engine API 1.50, tag Container.
class ContainerRoutes {
public:
    explicit ContainerRoutes(core::ContainerService& containers)
        : m_containers(containers)
    {
    }
    /// The handlers refer to this object: it must outlive the router's last request.
    void registerOn(Router& router);

private:
    Task<Response> create(Request request);
    Task<Response> list(Request request);
    Task<Response> inspect(Request request);
    Task<Response> remove(Request request);
    Task<Response> rename(Request request);
    Task<Response> prune(Request request);
    Task<Response> top(Request request);

    core::ContainerService& m_containers;
};

/// What happens to a container's process: start, stop, restart, kill, pause, unpause, update, wait,
/// resize.
class LifecycleRoutes {
public:
    explicit LifecycleRoutes(core::ContainerService& containers)
        : m_containers(containers)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> start(Request request);
    Task<Response> stop(Request request);
    Task<Response> restart(Request request);
    Task<Response> kill(Request request);
    Task<Response> pause(Request request);
    Task<Response> unpause(Request request);
    Task<Response> update(Request request);
    Task<Response> wait(Request request);
    Task<Response> resize(Request request);

    core::ContainerService& m_containers;
};

/// A container's streams: attach and logs.
class StreamRoutes {
public:
    explicit StreamRoutes(core::ContainerService& containers)
        : m_containers(containers)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> attach(Request request);
    Task<Response> logs(Request request);

    core::ContainerService& m_containers;
};

} // namespace portlight::api
