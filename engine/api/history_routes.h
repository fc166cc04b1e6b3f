#pragma once

#include "engine/api/history_json.h"
#include "engine/api/router.h"
#include "engine/core/metrics_recorder.h"

#include <set>

namespace portlight::api {

/// GET /portlight/v1/history: figures and events that the engine recorded.
/// GET /portlight/v1/history/containers: of which containers, gone ones too.
class HistoryRoutes {
public:
    HistoryRoutes(core::ContainerService& containers, core::MetricsRecorder& recorder)
        : m_containers(containers)
        , m_recorder(recorder)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> history(Request request);
    Task<Response> recorded(Request request);
    Task<std::vector<HistorySeries>> known();
    Task<std::vector<HistorySeries>> wanted(std::vector<std::string> references);

    core::ContainerService& m_containers;
    core::MetricsRecorder& m_recorder;
};

} // namespace portlight::api
