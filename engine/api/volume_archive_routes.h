#pragma once

#include "engine/api/router.h"
#include "engine/core/volume_archives.h"

namespace portlight::api {

/// Our own calls on volumes as a whole; VOLUME is /portlight/v1/volumes/{name}. Copies share their
/// blocks where the file system can (reflink). For a consistent state stop or pause the containers
/// that write to the volume.
/// - GET VOLUME/export?compression=none|gzip|zstd answers a tar of what it holds
///   (application/x-tar, application/gzip, application/zstd), its root as "./". 400, 404.
/// - POST VOLUME/import makes the volume of the tar in the body (also gzip, bzip2, xz, zstd), with
///   owners, modes and times. 201 with the volume as GET /volumes/{name} has it, 400 no tar, 409
///   where the volume exists. Nothing is made where it fails.
/// - POST VOLUME/clone?to=NAME makes a copy. 201 with the new volume, 400, 404, 409.
/// - GET VOLUME/snapshots answers `[{"Name", "CreatedAt"}]`, oldest first. They go with the volume.
/// - POST VOLUME/snapshots?name= makes one, named by the time where no name is given. 201 with it,
///   400, 404, 409.
/// - DELETE VOLUME/snapshots/{snapshot}. 204, 404.
/// - POST VOLUME/snapshots/{snapshot}/restore?to= makes a new volume `to` of it; without `to` the
///   volume has again what it had then. 201 or 200 with the volume, 404, 409 while a running
///   container has it.
class VolumeArchiveRoutes {
public:
    explicit VolumeArchiveRoutes(core::VolumeArchives& volumes)
        : m_volumes(volumes)
    {
    }
    /// The handlers refer to this object: it outlives the router's last request.
    void registerOn(Router& router);

private:
    Task<Response> exportVolume(Request request);
    Task<Response> import(Request request);
    Task<Response> clone(Request request);
    Task<Response> snapshots(Request request);
    Task<Response> makeSnapshot(Request request);
    Task<Response> removeSnapshot(Request request);
    Task<Response> restore(Request request);

    core::VolumeArchives& m_volumes;
};

} // namespace portlight::api
