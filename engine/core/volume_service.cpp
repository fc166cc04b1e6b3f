#include "engine/core/volume_service.h"

#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/timestamps.h"

#include <algorithm>

namespace portlight::core {

namespace {

Result<std::map<std::string, std::string>> stringMap(const Json& object, const char* key)
{
    const Json& member = jsonMember(object, key);
    std::map<std::string, std::string> values;
    if (!member.is_null() && !member.is_object())
        return makeError(Errc::InvalidArgument, std::string(key) + " must be an object");
    for (const auto& [name, value] : member.items()) {
        if (!value.is_string())
            return makeError(Errc::InvalidArgument,
                std::string(key) + ": the value of '" + name + "' must be text");
        values.emplace(name, value.get<std::string>());
    }
    return values;
}

std::string optionOf(const Volume& volume, const char* name)
{
    const auto found = volume.options.find(name);
    return found == volume.options.end() ? std::string() : found->second;
}

/// The local driver's options: none, or a host directory by type=none,o=bind,device=PATH.
Result<void> checkOptions(const Volume& volume)
{
    if (volume.options.empty())
        return success();
    for (const auto& [name, value] : volume.options)
        if (name != "type" && name != "o" && name != "device")
            return makeError(Errc::InvalidArgument, "invalid option: \"" + name + "\"");
    const auto type = optionOf(volume, "type");
    const auto words = "," + optionOf(volume, "o") + ",";
    const auto device = optionOf(volume, "device");
    const bool isBind =
        words.find(",bind,") != std::string::npos || words.find(",rbind,") != std::string::npos;
    if (device.empty() || (type.empty() && words == ",,"))
        return makeError(Errc::InvalidArgument, "missing required option: \"device\" and \"type\"");
    if (!isBind)
        return makeError(Errc::NotImplemented,
            "volume options: type '" + type.substr(0, 64)
                + "' is not offered by this engine; use type=none,o=bind,device=DIRECTORY, or "
                  "--tmpfs for memory");
    if (!device.starts_with('/'))
        return makeError(Errc::InvalidArgument, "volume options: device must be an absolute path");
    return success();
}

Json configOf(const Volume& volume)
{
    return Json { { "labels", volume.labels }, { "options", volume.options } };
}

Result<std::shared_ptr<Volume>> volumeOf(const store::VolumeRow& row)
{
    auto volume = std::make_shared<Volume>();
    volume->name = row.name;
    volume->createdAtNs = row.createdAtNs;
    PL_TRY(const auto json, parseJson(row.config));
    PL_TRY(volume->labels, stringMap(json, "labels"));
    PL_TRY(volume->options, stringMap(json, "options"));
    return volume;
}

} // namespace

VolumeService::VolumeService(asio::any_io_executor executor, asio::thread_pool& pool,
    store::Database& database, EventBus& events, const std::string& root)
    : m_pool(pool)
    , m_events(events)
    , m_table(database)
    , m_store(root)
    , m_making(std::move(executor))
    , m_usersOf([](const std::string&) { return std::vector<std::string>(); })
{
}

Task<void> VolumeService::load()
{
    auto read = [this]() -> Result<std::vector<store::VolumeRow>> {
        PL_TRY(m_store.collect());
        return m_table.list();
    };
    PL_CO_TRY(const auto rows, co_await offload(m_pool, std::move(read)));
    for (const auto& row : rows) {
        auto volume = volumeOf(row);
        if (!volume) {
            log::error("a volume's row cannot be read",
                { { "volume", row.name }, { "error", volume.error().message } });
            continue;
        }
        const auto device = optionOf(*volume.value(), "device");
        volume.value()->mountpoint = device.empty() ? m_store.mountpoint(row.name) : device;
        m_volumes.emplace(row.name, std::move(volume).value());
    }
    co_return success();
}

std::vector<VolumePtr> VolumeService::list() const
{
    std::vector<VolumePtr> all;
    for (const auto& [name, volume] : m_volumes)
        all.push_back(volume);
    return all;
}

Result<VolumePtr> VolumeService::find(const std::string& name) const
{
    const auto found = m_volumes.find(name);
    if (found == m_volumes.end())
        return makeError(Errc::NotFound, "get " + name.substr(0, 256) + ": no such volume");
    return VolumePtr(found->second);
}

Task<VolumePtr> VolumeService::create(Json body)
{
    auto volume = std::make_shared<Volume>();
    PL_CO_TRY(volume->name, jsonString(body, "Name"));
    PL_CO_TRY(volume->labels, stringMap(body, "Labels"));
    PL_CO_TRY(volume->options, stringMap(body, "DriverOpts"));
    PL_CO_TRY(const auto driver, jsonString(body, "Driver"));
    if (!driver.empty() && driver != "local")
        co_return makeError(Errc::NotFound,
            "error looking up volume plugin " + driver.substr(0, 64) + ": plugin \""
                + driver.substr(0, 64) + "\" not found; this engine offers the driver local");
    if (const Json& cluster = jsonMember(body, "ClusterVolumeSpec"); !cluster.is_null())
        co_return makeError(Errc::NotImplemented, "ClusterVolumeSpec: not offered by this engine");
    if (volume->name.empty()) {
        volume->name = newId();
        volume->labels.emplace("com.docker.volume.anonymous", "");
    }
    PL_CO_TRY(volume::checkVolumeName(volume->name));
    PL_CO_TRY(checkOptions(*volume));
    PL_CO_TRY(const auto turn, co_await m_making.lock());
    co_return co_await insert(std::move(volume));
}

/// m_making is held.
Task<VolumePtr> VolumeService::insert(std::shared_ptr<Volume> volume)
{
    if (const auto known = m_volumes.find(volume->name); known != m_volumes.end()) {
        if (!volume->options.empty() && volume->options != known->second->options)
            co_return makeError(Errc::Conflict,
                "create " + volume->name + ": conflict: volume name must be unique");
        co_return VolumePtr(known->second);
    }
    volume->createdAtNs = wallClockNs();
    const auto device = optionOf(*volume, "device");
    volume->mountpoint = device.empty() ? m_store.mountpoint(volume->name) : device;
    auto work = [this, name = volume->name,
                    row = store::VolumeRow { volume->name, volume->createdAtNs,
                        dumpJson(configOf(*volume)) }]() -> Result<void> {
        PL_TRY(m_store.make(name));
        return m_table.insert(row);
    };
    PL_CO_TRY(co_await offload(m_pool, std::move(work)));
    m_volumes.emplace(volume->name, volume);
    publish(*volume, "create");
    co_return VolumePtr(volume);
}

Task<VolumePtr> VolumeService::adopt(
    std::shared_ptr<TempDir> staged, std::string name, std::map<std::string, std::string> labels)
{
    PL_CO_TRY(volume::checkVolumeName(name));
    PL_CO_TRY(const auto turn, co_await m_making.lock());
    if (m_volumes.contains(name))
        co_return makeError(Errc::Conflict,
            "volume '" + name + "' exists already; choose another name or remove it first");
    auto give = [this, staged, name] { return m_store.adopt(std::move(*staged), name); };
    PL_CO_TRY(co_await offload(m_pool, std::move(give)));
    auto volume = std::make_shared<Volume>();
    volume->name = std::move(name);
    volume->labels = std::move(labels);
    co_return co_await insert(std::move(volume));
}

Task<void> VolumeService::provide(MountRequest& mount)
{
    auto volume = std::make_shared<Volume>();
    volume->name = mount.volume;
    volume->labels = mount.labels;
    volume->options = mount.driverOptions;
    if (volume->name.empty()) {
        volume->name = newId();
        volume->labels.emplace("com.docker.volume.anonymous", "");
        mount.isAnonymous = true;
    }
    PL_CO_TRY(volume::checkVolumeName(volume->name));
    PL_CO_TRY(checkOptions(*volume));
    PL_CO_TRY(const auto turn, co_await m_making.lock());
    PL_CO_TRY(const auto made, co_await insert(std::move(volume)));
    mount.volume = made->name;
    mount.source = made->mountpoint;
    co_return success();
}

Task<void> VolumeService::copyUp(
    std::vector<MountRequest> mounts, std::function<Result<Fd>()> openImage)
{
    std::erase_if(mounts, [this](const MountRequest& mount) {
        const auto volume = m_volumes.find(mount.volume);
        return mount.kind != MountRequest::Kind::Volume || mount.isCopyUpOff
            || !mount.subpath.empty() || volume == m_volumes.end()
            || !volume->second->options.empty();
    });
    if (mounts.empty())
        co_return success();
    PL_CO_TRY(const auto turn, co_await m_making.lock());
    auto work = [this, mounts = std::move(mounts),
                    openImage = std::move(openImage)]() -> Result<void> {
        PL_TRY(const auto image, openImage());
        for (const auto& mount : mounts) {
            auto copied = m_store.copyUp(mount.volume, image, mount.target);
            if (!copied)
                return withContext(copied.error(),
                    "fill volume '" + mount.volume + "' from the image's " + mount.target);
        }
        return success();
    };
    co_return co_await offload(m_pool, std::move(work));
}

Task<void> VolumeService::remove(std::string name, bool isForced)
{
    const auto found = m_volumes.find(name);
    if (found == m_volumes.end()) {
        if (isForced)
            co_return success();
        co_return makeError(Errc::NotFound, "get " + name.substr(0, 256) + ": no such volume");
    }
    if (const auto users = usersOf(name); !users.empty()) {
        std::string list;
        for (const auto& id : users)
            list += (list.empty() ? "" : ", ") + id;
        co_return makeError(
            Errc::Conflict, "remove " + name + ": volume is in use - [" + list + "]");
    }
    const auto volume = found->second;
    m_volumes.erase(found); // nobody takes it any more
    auto work = [this, name]() -> Result<void> {
        PL_TRY(m_table.remove(name));
        return m_store.remove(name);
    };
    auto removed = co_await offload(m_pool, std::move(work));
    if (!removed) {
        m_volumes.emplace(name, volume);
        co_return removed;
    }
    publish(*volume, "destroy");
    co_return success();
}

Task<VolumeService::Pruned> VolumeService::prune(std::function<bool(const Volume&)> isWanted)
{
    Pruned pruned;
    for (const auto& volume : list()) {
        if (!isWanted(*volume) || !usersOf(volume->name).empty())
            continue;
        PL_CO_TRY(const auto size, co_await bytes(volume));
        const auto removed = co_await remove(volume->name, false);
        if (!removed)
            continue; // taken meanwhile
        pruned.names.push_back(volume->name);
        pruned.reclaimedBytes += size;
    }
    Event event;
    event.type = "volume";
    event.action = "prune";
    event.attributes.emplace("reclaimed", std::to_string(pruned.reclaimedBytes));
    m_events.publish(std::move(event));
    co_return pruned;
}

Task<std::int64_t> VolumeService::bytes(VolumePtr volume)
{
    if (!volume->options.empty())
        co_return 0; // somebody else's directory
    auto count = [this, name = volume->name]() -> Result<std::int64_t> {
        const auto size = m_store.bytes(name);
        return size ? size.value() : 0;
    };
    co_return co_await offload(m_pool, std::move(count));
}

void VolumeService::publish(const Volume& volume, const std::string& action)
{
    Event event;
    event.type = "volume";
    event.action = action;
    event.actorId = volume.name;
    event.attributes.emplace("driver", "local");
    m_events.publish(std::move(event));
}

} // namespace portlight::core
