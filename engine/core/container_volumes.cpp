#include "engine/base/log.h"
#include "engine/core/container_service.h"
#include "engine/core/image_view.h"
#include "engine/core/mount_requests.h"
#include "engine/core/volume_service.h"

#include <algorithm>
#include <filesystem>

namespace portlight::core {

namespace {

bool hasMountAt(const std::vector<MountRequest>& mounts, const std::string& target)
{
    return std::ranges::any_of(
        mounts, [&](const MountRequest& mount) { return mount.target == target; });
}

/// "/a/../b/" as "/b": what an image calls a volume is taken by its letters alone.
std::string cleanPath(const std::string& path)
{
    auto clean = std::filesystem::path("/" + path).lexically_normal().string();
    while (clean.size() > 1 && clean.back() == '/')
        clean.pop_back();
    return clean;
}

/// "container[:ro|rw]".
Result<std::pair<std::string, bool>> volumesFromText(const std::string& text)
{
    const auto colon = text.find(':');
    const std::string mode = colon == std::string::npos ? "rw" : text.substr(colon + 1);
    if (mode != "ro" && mode != "rw" && mode != "z" && mode != "Z")
        return makeError(Errc::InvalidArgument, "invalid mode: " + mode.substr(0, 64));
    return std::pair(text.substr(0, colon), mode == "ro");
}

} // namespace

/// What --volumes-from and VOLUME add to the mounts that were asked for.
Result<void> ContainerService::addImplicitMounts(ContainerConfig& config) const
{
    auto& mounts = config.host.mounts;
    for (const auto& text : config.host.volumesFrom) {
        PL_TRY(const auto wanted, volumesFromText(text));
        PL_TRY(const auto other, find(wanted.first));
        for (auto mount : other->config.host.mounts) {
            if (mount.kind == MountRequest::Kind::Tmpfs || hasMountAt(mounts, mount.target))
                continue;
            mount.isReadOnly = mount.isReadOnly || wanted.second;
            mounts.push_back(std::move(mount));
        }
    }
    for (const auto& path : config.volumes) {
        const std::string target = cleanPath(path);
        PL_TRY(checkMountTarget(target));
        if (hasMountAt(mounts, target))
            continue;
        MountRequest mount;
        mount.kind = MountRequest::Kind::Volume;
        mount.target = target;
        mount.propagation = "rprivate";
        mounts.push_back(std::move(mount));
    }
    sortMounts(mounts);
    return success();
}

/// Makes the volumes of a new container and fills empty ones from its image. On failure none that
/// was made for it alone is left.
Task<void> ContainerService::provideVolumes(
    ContainerConfig& config, std::vector<std::string> lowerDirs)
{
    PL_CO_TRY(addImplicitMounts(config));
    const auto provide = [&]() -> Task<void> {
        for (auto& mount : config.host.mounts)
            if (mount.kind == MountRequest::Kind::Volume) {
                PL_CO_TRY(co_await m_parts.volumes.provide(mount));
            }
        auto openImage = [lowerDirs, isRootless = m_parts.host.isRootless] {
            return openImageView(lowerDirs, isRootless);
        };
        co_return co_await m_parts.volumes.copyUp(config.host.mounts, std::move(openImage));
    };
    auto provided = co_await provide();
    if (!provided)
        co_await removeAnonymousVolumes(config);
    co_return provided;
}

/// Those that nobody else has.
asio::awaitable<void> ContainerService::removeAnonymousVolumes(ContainerConfig config)
{
    for (const auto& mount : config.host.mounts) {
        if (!mount.isAnonymous || mount.volume.empty())
            continue;
        const auto removed = co_await m_parts.volumes.remove(mount.volume, true);
        if (!removed && removed.error().code != Errc::Conflict)
            log::warn("a container's volume was not removed",
                { { "volume", mount.volume }, { "error", removed.error().message } });
    }
}

} // namespace portlight::core
