#include "engine/core/volume_archives.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/body_spool.h"
#include "engine/core/tree_tar.h"
#include "engine/core/tree_untar.h"
#include "engine/volume/tree_copy.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>

namespace portlight::core {

namespace {

Result<Fd> openData(const std::string& path)
{
    return openFile(path, O_RDONLY | O_DIRECTORY);
}

/// "2026-11-26T13.05.10.123Z": a time as a name can have it.
std::string nameOfNow()
{
    std::string name = formatTimestamp(wallClockNs() / 1'000'000 * 1'000'000);
    std::ranges::replace(name, ':', '.');
    return name;
}

} // namespace

VolumeArchives::VolumeArchives(
    ContainerService& containers, VolumeService& volumes, asio::thread_pool& workers)
    : m_containers(containers)
    , m_volumes(volumes)
    , m_workers(workers)
{
}

Task<std::shared_ptr<image::ByteSource>> VolumeArchives::exportVolume(
    std::string name, image::Compression compression)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    auto open = [place = volume->mountpoint,
                    compression]() -> Result<std::shared_ptr<image::ByteSource>> {
        PL_TRY(auto data, openData(place));
        PL_TRY(auto tar, TreeTar::open(std::move(data), ".", "."));
        return std::shared_ptr(image::compress(std::move(tar), compression));
    };
    co_return co_await offload(m_workers, std::move(open));
}

Task<VolumePtr> VolumeArchives::import(
    std::string name, std::function<Task<std::string>()> nextPiece)
{
    PL_CO_TRY(volume::checkVolumeName(name));
    PL_CO_TRY(const auto spool,
        co_await spoolBody(m_workers, m_containers.parts().paths.temporary(),
            std::numeric_limits<std::int64_t>::max(), std::move(nextPiece)));
    if (m_volumes.find(name))
        co_return makeError(Errc::Conflict,
            "volume '" + name + "' exists already; choose another name or remove it first");
    auto unpack = [this, spool]() -> Result<std::shared_ptr<TempDir>> {
        PL_TRY(auto staged, m_volumes.store().stage());
        PL_TRY(const auto root, openData(volume::VolumeStore::dataOf(staged)));
        UntarOptions options;
        options.base = "/";
        options.changesBase = true;
        PL_TRY(untarInRoot(root, std::move(*spool), options));
        return std::make_shared<TempDir>(std::move(staged));
    };
    PL_CO_TRY(auto staged, co_await offload(m_workers, std::move(unpack)));
    co_return co_await m_volumes.adopt(std::move(staged), std::move(name), {});
}

Task<VolumePtr> VolumeArchives::copyToNew(std::function<Result<Fd>()> open, std::string newName,
    std::map<std::string, std::string> labels)
{
    PL_CO_TRY(volume::checkVolumeName(newName));
    if (m_volumes.find(newName))
        co_return makeError(Errc::Conflict,
            "volume '" + newName + "' exists already; choose another name or remove it first");
    auto copy = [this, open = std::move(open)]() -> Result<std::shared_ptr<TempDir>> {
        PL_TRY(const auto source, open());
        PL_TRY(auto staged, m_volumes.store().stage());
        PL_TRY(const auto target, openData(volume::VolumeStore::dataOf(staged)));
        PL_TRY(volume::copyTree(source, target));
        return std::make_shared<TempDir>(std::move(staged));
    };
    PL_CO_TRY(auto staged, co_await offload(m_workers, std::move(copy)));
    co_return co_await m_volumes.adopt(std::move(staged), std::move(newName), std::move(labels));
}

Task<VolumePtr> VolumeArchives::clone(std::string name, std::string newName)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    auto labels = volume->labels;
    labels.erase("com.docker.volume.anonymous"); // it has a name now
    auto open = [place = volume->mountpoint] { return openData(place); };
    co_return co_await copyToNew(std::move(open), std::move(newName), std::move(labels));
}

Task<volume::Snapshot> VolumeArchives::makeSnapshot(std::string name, std::string snapshot)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    if (snapshot.empty())
        snapshot = nameOfNow();
    PL_CO_TRY(volume::checkVolumeName(snapshot));
    auto make = [this, volume, snapshot]() -> Result<volume::Snapshot> {
        PL_TRY(const auto source, openData(volume->mountpoint));
        return m_volumes.store().makeSnapshot(volume->name, source, snapshot);
    };
    co_return co_await offload(m_workers, std::move(make));
}

Task<std::vector<volume::Snapshot>> VolumeArchives::snapshots(std::string name)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    auto list = [this, volume] { return m_volumes.store().snapshots(volume->name); };
    co_return co_await offload(m_workers, std::move(list));
}

Task<void> VolumeArchives::removeSnapshot(std::string name, std::string snapshot)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    auto remove = [this, volume, snapshot] {
        return m_volumes.store().removeSnapshot(volume->name, snapshot);
    };
    co_return co_await offload(m_workers, std::move(remove));
}

Result<void> VolumeArchives::checkUnused(const std::string& name) const
{
    for (const auto& id : m_volumes.usersOf(name)) {
        PL_TRY(const auto container, m_containers.find(id));
        if (container->state.isActive())
            return makeError(Errc::Conflict,
                "volume '" + name + "' is in use by the running container '" + container->name
                    + "'; stop it, or restore to a new volume");
    }
    return success();
}

Task<VolumePtr> VolumeArchives::restore(std::string name, std::string snapshot, std::string newName)
{
    PL_CO_TRY(const auto volume, m_volumes.find(name));
    auto open = [this, volume, snapshot] {
        return m_volumes.store().openSnapshot(volume->name, snapshot);
    };
    if (!newName.empty())
        co_return co_await copyToNew(std::move(open), std::move(newName), {});
    if (!volume->options.empty())
        co_return makeError(Errc::Conflict,
            "the data of volume '" + name
                + "' lies where its options say; restore to a new volume instead");
    PL_CO_TRY(checkUnused(name));
    auto copy = [this, open]() -> Result<std::shared_ptr<TempDir>> {
        PL_TRY(const auto source, open());
        PL_TRY(auto staged, m_volumes.store().stage());
        PL_TRY(const auto target, openData(volume::VolumeStore::dataOf(staged)));
        PL_TRY(volume::copyTree(source, target));
        return std::make_shared<TempDir>(std::move(staged));
    };
    PL_CO_TRY(const auto staged, co_await offload(m_workers, std::move(copy)));
    PL_CO_TRY(checkUnused(name)); // the copy took its time
    auto exchange = [this, staged, name]() -> Result<void> {
        const TempDir owned = std::move(*staged); // what it was before goes on the worker
        return m_volumes.store().exchange(owned, name);
    };
    PL_CO_TRY(co_await offload(m_workers, std::move(exchange)));
    co_return volume;
}

} // namespace portlight::core
