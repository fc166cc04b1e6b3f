#pragma once

#include "engine/base/async.h"
#include "engine/core/container_service.h"
#include "engine/core/volume_service.h"
#include "engine/image/compress.h"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace portlight::core {

/// Volumes as a whole: out to archives and in from them, copies, snapshots. Copies share their
/// blocks (reflink) where the file system can. What is read is what the volume holds at that
/// moment: who needs a consistent state stops or pauses the containers that write. A new volume is
/// seen once it is complete. io thread; the workers do the work. Errors of all calls: NotFound,
/// InvalidArgument, Conflict (the name is taken, or the volume is in use).
class VolumeArchives {
public:
    /// All outlive it.
    VolumeArchives(
        ContainerService& containers, VolumeService& volumes, asio::thread_pool& workers);

    /// A tar of what the volume holds, with its root as "./"; links are not followed.
    Task<std::shared_ptr<image::ByteSource>> exportVolume(
        std::string name, image::Compression compression);
    /// A new volume of the tar (also gzip, bzip2, xz, zstd) that @p nextPiece gives.
    Task<VolumePtr> import(std::string name, std::function<Task<std::string>()> nextPiece);
    Task<VolumePtr> clone(std::string name, std::string newName);

    /// @p snapshot empty: named by the time.
    Task<volume::Snapshot> makeSnapshot(std::string name, std::string snapshot);
    Task<std::vector<volume::Snapshot>> snapshots(std::string name);
    Task<void> removeSnapshot(std::string name, std::string snapshot);
    /// To a new volume @p newName; empty: to the volume itself, whose data goes. Errors: Conflict
    /// while a running container has it.
    Task<VolumePtr> restore(std::string name, std::string snapshot, std::string newName);

    asio::thread_pool& workers() { return m_workers; }

private:
    Task<VolumePtr> copyToNew(std::function<Result<Fd>()> open, std::string newName,
        std::map<std::string, std::string> labels);
    Result<void> checkUnused(const std::string& name) const;

    ContainerService& m_containers;
    VolumeService& m_volumes;
    asio::thread_pool& m_workers;
};

} // namespace portlight::core
