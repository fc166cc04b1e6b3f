#pragma once

#include "engine/api/router.h"
#include "engine/core/volume_service.h"

namespace portlight::api {

/// /volumes…: Engine API 1.50, Volume.
class VolumeRoutes {
public:
    explicit VolumeRoutes(core::VolumeService& volumes)
        : m_volumes(volumes)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> list(Request request);
    Task<Response> inspect(Request request);
    Task<Response> create(Request request);
    Task<Response> remove(Request request);
    Task<Response> prune(Request request);

    core::VolumeService& m_volumes;
};

/// A volume as GET /volumes/{name} has it.
Json volumeJson(const core::Volume& volume);

} // namespace portlight::api
