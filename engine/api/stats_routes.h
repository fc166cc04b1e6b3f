#pragma once

#include "engine/api/router.h"
#include "engine/api/stats_json.h"
#include "engine/core/stats_sampler.h"

namespace portlight::api {

/// GET /containers/{id}/stats, and GET /portlight/v1/stats for all running containers at once.
class StatsRoutes {
public:
    StatsRoutes(core::ContainerService& containers, core::StatsSampler& sampler)
        : m_containers(containers)
        , m_sampler(sampler)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> stats(Request request);
    Task<Response> allStats(Request request);
    asio::awaitable<void> writeStats(core::ContainerPtr container, bool isStream, bool isOneShot,
        std::shared_ptr<ResponseStream> out);
    asio::awaitable<void> writeAll(
        std::chrono::milliseconds interval, std::shared_ptr<ResponseStream> out);
    StatsHost host() const;

    core::ContainerService& m_containers;
    core::StatsSampler& m_sampler;
};

} // namespace portlight::api
