#pragma once

#include "engine/api/router.h"
#include "engine/core/archive_service.h"
#include "engine/core/commit_service.h"

namespace portlight::api {

/// POST /commit, GET /containers/{id}/export, and POST /images/create?fromSrc (which the image
/// routes pass on); Engine API 1.50, Image and Container. The services outlive the router.
class CommitRoutes {
public:
    CommitRoutes(core::CommitService& commits, core::ArchiveService& archives)
        : m_commits(commits)
        , m_archives(archives)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void addTo(Router& router);
    /// A root file system as an image.
    Task<Response> importTree(Request request);

private:
    Task<Response> commit(Request request);
    Task<Response> exportTree(Request request);

    core::CommitService& m_commits;
    core::ArchiveService& m_archives;
};

} // namespace portlight::api
