#include "engine/core/mount_requests.h"

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
    if (!mount.source.starts_with('/'))
        return makeError(Errc::NotImplemented,
            "HostConfig.Binds: '" + text
                + "' names a volume; this engine takes host paths only yet");
    PL_TRY(checkTarget(mount.target));
    for (const auto& word :
        parts.size() == 3 ? split(parts[2], ',') : std::vector<std::string> {}) {
        if (word == "ro")
            mount.isReadOnly = true;
        else if (isPropagation(word))
            mount.propagation = word;
        else if (word != "rw" && word != "z" && word != "Z" && word != "nocopy")
            return makeError(Errc::InvalidArgument, "invalid mode: " + parts[2]);
    }
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
    if (type != "bind")
        return makeError(Errc::NotImplemented,
            "HostConfig.Mounts: type '" + type
                + "' is not offered by this engine yet; use bind or "
                  "tmpfs");
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
    // Outer mounts first: one below another would be hidden by it otherwise.
    std::ranges::sort(config.mounts, {}, [](const MountRequest& mount) {
        return std::pair(std::ranges::count(mount.target, '/'), mount.target);
    });
    return success();
}

} // namespace portlight::core
