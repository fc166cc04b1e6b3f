#include "engine/core/mount_requests.h"

#include "engine/volume/volume_store.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace portlight::core {

namespace {

constexpr std::array<std::string_view, 6> kPropagations { "private", "rprivate", "shared",
    "rshared", "slave", "rslave" };

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    while (true) {
        const auto at = text.find(separator, from);
        parts.push_back(text.substr(from, at - from));
        if (at == std::string::npos)
            return parts;
        from = at + 1;
    }
}

bool isPropagation(std::string_view word)
{
    return std::ranges::find(kPropagations, word) != kPropagations.end();
}

Result<void> checkTarget(const std::string& target)
{
    if (!target.starts_with('/'))
        return makeError(Errc::InvalidArgument,
            "invalid mount path: '" + target + "' mount path must be absolute");
    if (target.find_first_not_of("/.") == std::string::npos
        && target.find("..") == std::string::npos)
        return makeError(
            Errc::InvalidArgument, "invalid volume specification: destination can't be '/'");
    if (target.find('\0') != std::string::npos)
        return makeError(Errc::InvalidArgument, "invalid mount path: it holds a zero byte");
    return success();
}

/// "host:container[:options]".
Result<MountRequest> bindFromText(const std::string& text)
{
    const auto invalid = [&text] {
        return makeError(Errc::InvalidArgument, "invalid volume specification: '" + text + "'");
    };
    const auto parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3 || parts[0].empty() || parts[1].empty())
        return invalid();
    MountRequest mount;
    mount.source = parts[0];
    mount.target = parts[1];
    mount.makesSource = true;
    mount.propagation = "rprivate";
    if (!mount.source.starts_with('/')) {
        PL_TRY(volume::checkVolumeName(mount.source));
        mount.kind = MountRequest::Kind::Volume;
        mount.volume = std::exchange(mount.source, {});
    }
    PL_TRY(checkTarget(mount.target));
    for (const auto& word :
        parts.size() == 3 ? split(parts[2], ',') : std::vector<std::string> {}) {
        if (word == "ro")
            mount.isReadOnly = true;
        else if (word == "nocopy")
            mount.isCopyUpOff = true;
        else if (isPropagation(word))
            mount.propagation = word;
        else if (word != "rw" && word != "z" && word != "Z")
            return makeError(Errc::InvalidArgument, "invalid mode: " + parts[2]);
    }
    return mount;
}

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

Result<MountRequest> volumeFromJson(const Json& json, MountRequest mount)
{
    mount.kind = MountRequest::Kind::Volume;
    mount.propagation = "rprivate";
    mount.volume = std::exchange(mount.source, {});
    if (!mount.volume.empty()) {
        PL_TRY(volume::checkVolumeName(mount.volume));
    }
    const Json& options = jsonMember(json, "VolumeOptions");
    PL_TRY(mount.isCopyUpOff, jsonBool(options, "NoCopy"));
    PL_TRY(mount.subpath, jsonString(options, "Subpath"));
    PL_TRY(mount.labels, stringMap(options, "Labels"));
    const Json& driver = jsonMember(options, "DriverConfig");
    PL_TRY(const auto name, jsonString(driver, "Name"));
    PL_TRY(mount.driverOptions, stringMap(driver, "Options"));
    if (!name.empty() && name != "local")
        return makeError(Errc::NotFound, "volume plugin \"" + name.substr(0, 64) + "\" not found");
    if (mount.subpath.starts_with('/') || mount.subpath.find('\0') != std::string::npos)
        return makeError(Errc::InvalidArgument,
            "invalid mount config for type \"volume\": subpath must be a relative path within the "
            "volume");
    return mount;
}

Result<MountRequest> mountFromJson(const Json& json)
{
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "HostConfig.Mounts: an entry is no object");
    PL_TRY(const auto type, jsonString(json, "Type"));
    MountRequest mount;
    PL_TRY(mount.source, jsonString(json, "Source"));
    PL_TRY(mount.target, jsonString(json, "Target"));
    PL_TRY(mount.isReadOnly, jsonBool(json, "ReadOnly"));
    PL_TRY(checkTarget(mount.target));
    if (type == "tmpfs") {
        mount.kind = MountRequest::Kind::Tmpfs;
        const Json& options = jsonMember(json, "TmpfsOptions");
        PL_TRY(const auto size, jsonInt(options, "SizeBytes"));
        PL_TRY(const auto mode, jsonInt(options, "Mode"));
        if (size < 0 || mode < 0 || mode > 07777)
            return makeError(Errc::InvalidArgument, "HostConfig.Mounts: invalid TmpfsOptions");
        if (size > 0)
            mount.options = "size=" + std::to_string(size);
        if (mode > 0) {
            std::array<char, 8> octal {};
            std::snprintf(
                octal.data(), octal.size(), "%llo", static_cast<unsigned long long>(mode));
            mount.options +=
                (mount.options.empty() ? "mode=" : ",mode=") + std::string(octal.data());
        }
        return mount;
    }
    if (type == "volume")
        return volumeFromJson(json, std::move(mount));
    if (type != "bind")
        return makeError(Errc::NotImplemented,
            "HostConfig.Mounts: type '" + type.substr(0, 64)
                + "' is not offered by this engine yet; use bind, volume or tmpfs");
    if (!mount.source.starts_with('/'))
        return makeError(Errc::InvalidArgument,
            "invalid mount config for type \"bind\": invalid mount path: '" + mount.source
                + "' mount path must be absolute");
    const Json& options = jsonMember(json, "BindOptions");
    PL_TRY(mount.propagation, jsonString(options, "Propagation"));
    PL_TRY(mount.makesSource, jsonBool(options, "CreateMountpoint"));
    if (mount.propagation.empty())
        mount.propagation = "rprivate";
    if (!isPropagation(mount.propagation))
        return makeError(Errc::InvalidArgument, "invalid propagation mode: " + mount.propagation);
    return mount;
}

} // namespace

Result<void> readMountRequests(const Json& host, HostConfig& config)
{
    PL_TRY(config.binds, jsonStrings(host, "Binds"));
    for (const auto& text : config.binds) {
        PL_TRY(auto mount, bindFromText(text));
        config.mounts.push_back(std::move(mount));
    }
    const Json& mounts = jsonMember(host, "Mounts");
    if (!mounts.is_null() && !mounts.is_array())
        return makeError(Errc::InvalidArgument, "HostConfig.Mounts must be an array");
    if (mounts.is_array())
        config.askedMounts = mounts;
    PL_TRY(config.volumesFrom, jsonStrings(host, "VolumesFrom"));
    for (const auto& entry : mounts) {
        PL_TRY(auto mount, mountFromJson(entry));
        config.mounts.push_back(std::move(mount));
    }
    const Json& tmpfs = jsonMember(host, "Tmpfs");
    if (!tmpfs.is_null() && !tmpfs.is_object())
        return makeError(Errc::InvalidArgument, "HostConfig.Tmpfs must be an object");
    for (const auto& [target, options] : tmpfs.items()) {
        if (!options.is_string())
            return makeError(Errc::InvalidArgument,
                "HostConfig.Tmpfs: options of '" + target + "' must be text");
        PL_TRY(checkTarget(target));
        MountRequest mount;
        mount.kind = MountRequest::Kind::Tmpfs;
        mount.target = target;
        mount.options = options.get<std::string>();
        config.tmpfs.emplace(target, mount.options);
        config.mounts.push_back(std::move(mount));
    }
    for (std::size_t at = 0; at < config.mounts.size(); ++at)
        for (std::size_t other = 0; other < at; ++other)
            if (config.mounts[at].target == config.mounts[other].target)
                return makeError(
                    Errc::InvalidArgument, "Duplicate mount point: " + config.mounts[at].target);
    sortMounts(config.mounts);
    return success();
}

void sortMounts(std::vector<MountRequest>& mounts)
{
    // Outer mounts first: one below another would be hidden by it otherwise.
    std::ranges::sort(mounts, {}, [](const MountRequest& mount) {
        return std::pair(std::ranges::count(mount.target, '/'), mount.target);
    });
}

Result<void> checkMountTarget(const std::string& target)
{
    return checkTarget(target);
}

Json resolvedMountsJson(const std::vector<MountRequest>& mounts)
{
    Json list = Json::array();
    for (const auto& mount : mounts)
        list.push_back({ { "kind", static_cast<int>(mount.kind) }, { "source", mount.source },
            { "target", mount.target }, { "isReadOnly", mount.isReadOnly },
            { "propagation", mount.propagation }, { "options", mount.options },
            { "makesSource", mount.makesSource }, { "volume", mount.volume },
            { "subpath", mount.subpath }, { "isAnonymous", mount.isAnonymous },
            { "isCopyUpOff", mount.isCopyUpOff } });
    return list;
}

Result<std::vector<MountRequest>> resolvedMountsFromJson(const Json& json)
{
    std::vector<MountRequest> mounts;
    if (!json.is_array())
        return makeError(Errc::InvalidArgument, "mounts must be an array");
    for (const auto& entry : json) {
        MountRequest mount;
        PL_TRY(const auto kind, jsonInt(entry, "kind"));
        if (kind < 0 || kind > static_cast<int>(MountRequest::Kind::Volume))
            return makeError(Errc::InvalidArgument, "unknown kind of mount");
        mount.kind = static_cast<MountRequest::Kind>(kind);
        PL_TRY(mount.source, jsonString(entry, "source"));
        PL_TRY(mount.target, jsonString(entry, "target"));
        PL_TRY(mount.isReadOnly, jsonBool(entry, "isReadOnly"));
        PL_TRY(mount.propagation, jsonString(entry, "propagation"));
        PL_TRY(mount.options, jsonString(entry, "options"));
        PL_TRY(mount.makesSource, jsonBool(entry, "makesSource"));
        PL_TRY(mount.volume, jsonString(entry, "volume"));
        PL_TRY(mount.subpath, jsonString(entry, "subpath"));
        PL_TRY(mount.isAnonymous, jsonBool(entry, "isAnonymous"));
        PL_TRY(mount.isCopyUpOff, jsonBool(entry, "isCopyUpOff"));
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

} // namespace portlight::core
