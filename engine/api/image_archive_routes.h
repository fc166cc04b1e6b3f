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

/// The story of a running import: 200 with progress; one that fails before any has its own status.
Task<Response> answerImport(std::shared_ptr<core::ImportJob> job, bool isQuiet);
/// "docker" (also for nothing) or "oci". Errors: InvalidArgument.
Result<image::ArchiveFormat> formatOf(const std::string& text);

} // namespace portlight::api
