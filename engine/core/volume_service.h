#pragma once

#include "engine/base/async.h"
#include "engine/base/json.h"
#include "engine/core/event_bus.h"
#include "engine/core/host_config.h"
#include "engine/core/notifier.h"
#include "engine/store/volume_table.h"
#include "engine/volume/volume_store.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace portlight::core {

struct Volume {
    std::string name;
    std::int64_t createdAtNs = 0;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> options; ///< of the local driver
    std::string mountpoint; ///< what containers get: its directory, or the one it is bound to
    bool isAnonymous() const { return labels.contains("com.docker.volume.anonymous"); }
};
using VolumePtr = std::shared_ptr<const Volume>;

/// Volumes of the local driver from create to removal. io thread only.
class VolumeService {
public:
    /// @p usersOf gives the ids of containers that have a volume among their mounts.
    VolumeService(asio::any_io_executor executor, asio::thread_pool& pool,
        store::Database& database, EventBus& events, const std::string& root);
    void setUseLookup(std::function<std::vector<std::string>(const std::string&)> usersOf)
    {
        m_usersOf = std::move(usersOf);
    }

    Task<void> load();
    std::vector<VolumePtr> list() const; ///< by name
    /// Errors: NotFound "get x: no such volume".
    Result<VolumePtr> find(const std::string& name) const;
    std::vector<std::string> usersOf(const std::string& name) const { return m_usersOf(name); }

    /// @p body as POST /volumes/create has it; one that is there with the same driver options is
    /// given back. Errors: InvalidArgument, Conflict, NotImplemented.
    Task<VolumePtr> create(Json body);
    /// The volume of @p mount, made where it is not there; fills in what the mount leaves open: the
    /// name of an anonymous one, the host path.
    Task<void> provide(MountRequest& mount);
    /// Fills the empty ones among @p mounts with what the image has at their targets. @p openImage
    /// is called by a worker, and only where it is needed.
    Task<void> copyUp(std::vector<MountRequest> mounts, std::function<Result<Fd>()> openImage);

    /// Errors: NotFound, Conflict while containers have it.
    Task<void> remove(std::string name, bool isForced);
    struct Pruned {
        std::vector<std::string> names;
        std::int64_t reclaimedBytes = 0;
    };
    Task<Pruned> prune(std::function<bool(const Volume&)> isWanted);
    Task<std::int64_t> bytes(VolumePtr volume);

    /// Makes the volume of @p staged, whose data is complete. Errors: Conflict where the name is
    /// taken, InvalidArgument for one that is none.
    Task<VolumePtr> adopt(std::shared_ptr<TempDir> staged, std::string name,
        std::map<std::string, std::string> labels);
    const volume::VolumeStore& store() const { return m_store; }

private:
    Task<VolumePtr> insert(std::shared_ptr<Volume> volume);
    void publish(const Volume& volume, const std::string& action);

    asio::thread_pool& m_pool;
    EventBus& m_events;
    store::VolumeTable m_table;
    volume::VolumeStore m_store;
    AsyncMutex m_making; ///< one at a time, so that nobody sees a volume half filled
    std::function<std::vector<std::string>(const std::string&)> m_usersOf;
    std::map<std::string, std::shared_ptr<Volume>> m_volumes;
};

} // namespace portlight::core
