#pragma once

#include "engine/api/router.h"
#include "engine/core/file_service.h"

namespace portlight::api {

/// Files of containers: /containers/{id}/archive and changes. Engine API 1.50, Container.
class FileRoutes {
public:
    explicit FileRoutes(core::FileService& files)
        : m_files(files)
    {
    }
    void registerOn(Router& router);

private:
    Task<Response> stat(Request request);
    Task<Response> read(Request request);
    Task<Response> write(Request request);
    Task<Response> changes(Request request);

    core::FileService& m_files;
};

} // namespace portlight::api
