#pragma once

#include "engine/api/router.h"
#include "engine/core/archive_service.h"

namespace portlight::api {

/// Archives of images in and out: POST /images/load, GET /images/get, GET /images/{name}/get;
/// Engine API 1.50, Image. @p archives outlives the router.
class ImageArchiveRoutes {
public:
    explicit ImageArchiveRoutes(core::ArchiveService& archives)
        : m_archives(archives)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> load(Request request);
    Task<Response> save(Request request);
    Task<Response> saveOne(Request request);
    Task<Response> answerArchive(std::vector<std::string> names, std::string format);

    core::ArchiveService& m_archives;
};

} // namespace portlight::api
