#pragma once

#include "engine/api/router.h"
#include "engine/core/archive_service.h"

namespace portlight::api {

/// Our own calls on archives by path, and on layers:
/// - POST /portlight/v1/archives/inspect?path=&platform= answers what an archive holds;
/// - POST /portlight/v1/archives/layer?path=&member=&limit=N answers the first N entries (20,000
///   where not given) of the layer that is the archive's member of that path;
/// - POST /portlight/v1/archives/import?path=&platform=&images= is /images/load of a file, or of a
///   directory that holds an OCI layout; with ids of images, of those only;
/// - POST /portlight/v1/archives/export?path=&names=&format=docker|oci&compression=none|gzip|zstd
///   &except= writes one, without the layers that `except` (images or blob digests) names;
/// - GET /portlight/v1/images/{name}/layers?files=N answers what each layer added, changed, removed
///   and wasted, and the first N changes.
/// The path is absolute and reached with the caller's own rights. @p archives outlives the router.
class ArchivePathRoutes {
public:
    explicit ArchivePathRoutes(core::ArchiveService& archives)
        : m_archives(archives)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);

private:
    Task<Response> inspect(Request request);
    Task<Response> layer(Request request);
    Task<Response> import(Request request);
    Task<Response> exportFile(Request request);
    Task<Response> layers(Request request);

    core::ArchiveService& m_archives;
};

} // namespace portlight::api
