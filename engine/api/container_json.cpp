#include "engine/api/container_json.h"

#include "engine/api/network_json.h"
#include "engine/base/timestamps.h"

#include <array>

namespace portlight::api {

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr const char* kNever = "0001-01-01T00:00:00Z"; // Go's zero time

std::string timeOrNever(std::int64_t timeNs)
{
    return timeNs == 0 ? kNever : formatTimestamp(timeNs);
}

std::string commandText(const core::ContainerConfig& config)
{
    std::string text;
    for (const auto& word : config.arguments()) {
        if (!text.empty())
            text += ' ';
        text += word.find(' ') == std::string::npos ? word : "'" + word + "'";
    }
    return text;
}

Json mountsJson(const core::ContainerConfig& config)
{
    using Kind = core::MountRequest::Kind;
    Json mounts = Json::array();
    for (const auto& mount : config.host.mounts) {
        Json entry { { "Type", mount.kind == Kind::Bind ? "bind" : "tmpfs" },
            { "Source", mount.source }, { "Destination", mount.target },
            { "Mode", mount.isReadOnly ? "ro" : "" }, { "RW", !mount.isReadOnly },
            { "Propagation", mount.propagation } };
        if (mount.kind == Kind::Volume) {
            entry["Type"] = "volume";
            entry["Name"] = mount.volume;
            entry["Driver"] = "local";
            entry["Propagation"] = "";
        }
        mounts.push_back(std::move(entry));
    }
    return mounts;
}

Json healthJson(const core::Health& health)
{
    Json log = Json::array();
    for (const auto& result : health.results)
        log.push_back({ { "Start", formatTimestamp(result.startedAtNs) },
            { "End", formatTimestamp(result.endedAtNs) }, { "ExitCode", result.exitCode },
            { "Output", result.output } });
    return Json { { "Status", health.status }, { "FailingStreak", health.failingStreak },
        { "Log", std::move(log) } };
}

Json stateJson(const core::Container& container)
{
    const core::ContainerState& state = container.state;
    Json json { { "Status", core::statusName(state.status) }, { "Running", state.isActive() },
        { "Paused", state.status == core::RunStatus::Paused },
        { "Restarting", state.status == core::RunStatus::Restarting },
        { "OOMKilled", state.wasOomKilled }, { "Dead", false }, { "Pid", state.pid },
        { "ExitCode", state.exitCode }, { "Error", state.error },
        { "StartedAt", timeOrNever(state.startedAtNs) },
        { "FinishedAt", timeOrNever(state.finishedAtNs) } };
    if (container.health)
        json["Health"] = healthJson(*container.health);
    return json;
}

std::string healthText(const core::Health* health)
{
    if (health == nullptr)
        return {};
    return health->status == "starting" ? " (health: starting)" : " (" + health->status + ")";
}

} // namespace

std::string durationText(std::int64_t seconds)
{
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 60 * kMinute;
    constexpr std::int64_t kDay = 24 * kHour;
    if (seconds < 1)
        return "Less than a second";
    if (seconds == 1)
        return "1 second";
    if (seconds < kMinute)
        return std::to_string(seconds) + " seconds";
    if (seconds < 2 * kMinute)
        return "About a minute";
    if (seconds < kHour)
        return std::to_string(seconds / kMinute) + " minutes";
    const std::int64_t hours = (seconds + kHour / 2) / kHour;
    if (hours == 1)
        return "About an hour";
    if (hours < 48)
        return std::to_string(hours) + " hours";
    if (hours < 24 * 7 * 2)
        return std::to_string(hours / 24) + " days";
    if (hours < 24 * 30 * 2)
        return std::to_string(hours / 24 / 7) + " weeks";
    if (hours < 24 * 365 * 2)
        return std::to_string(hours / 24 / 30) + " months";
    return std::to_string(seconds / kDay / 365) + " years";
}

std::string statusText(
    const core::ContainerState& state, std::int64_t nowNs, const core::Health* health)
{
    const auto since = [nowNs](std::int64_t timeNs) {
        return durationText((nowNs - timeNs) / kSecondNs);
    };
    switch (state.status) {
    case core::RunStatus::Created:
        return "Created";
    case core::RunStatus::Running:
        return "Up " + since(state.startedAtNs) + healthText(health);
    case core::RunStatus::Paused:
        return "Up " + since(state.startedAtNs) + " (Paused)";
    case core::RunStatus::Removing:
        return "Removal In Progress";
    case core::RunStatus::Restarting:
        return "Restarting (" + std::to_string(state.exitCode) + ") " + since(state.finishedAtNs)
            + " ago";
    case core::RunStatus::Exited:
        break;
    }
    return "Exited (" + std::to_string(state.exitCode) + ") " + since(state.finishedAtNs) + " ago";
}

Json containerSummaryJson(
    const core::Container& container, std::int64_t nowNs, std::optional<std::int64_t> ownBytes)
{
    Json json { { "Id", container.id }, { "Names", Json::array({ "/" + container.name }) },
        { "Image", container.config.image }, { "ImageID", container.imageId },
        { "Command", commandText(container.config) },
        { "Created", container.createdAtNs / kSecondNs }, { "Ports", portListJson(container) },
        { "Labels", container.config.labels },
        { "State", core::statusName(container.state.status) },
        { "Status", statusText(container.state, nowNs, container.health.get()) } };
    json["HostConfig"] = { { "NetworkMode", container.config.host.networkMode } };
    json["NetworkSettings"]["Networks"] = containerNetworksJson(container);
    json["Mounts"] = mountsJson(container.config);
    if (ownBytes) {
        json["SizeRw"] = *ownBytes;
        json["SizeRootFs"] = *ownBytes;
    }
    return json;
}

Json containerInspectJson(const core::Container& container, const std::string& bundle,
    std::optional<std::int64_t> ownBytes)
{
    const auto arguments = container.config.arguments();
    Json json { { "Id", container.id }, { "Created", formatTimestamp(container.createdAtNs) },
        { "Path", arguments.front() },
        { "Args", std::vector<std::string>(arguments.begin() + 1, arguments.end()) },
        { "State", stateJson(container) }, { "Image", container.imageId },
        { "ResolvConfPath", bundle + "/resolv.conf" }, { "HostnamePath", bundle + "/hostname" },
        { "HostsPath", bundle + "/hosts" }, { "LogPath", bundle + "/container.log" },
        { "Name", "/" + container.name }, { "RestartCount", container.state.restartCount },
        { "Driver", "overlayfs" }, { "Platform", "linux" }, { "MountLabel", "" },
        { "ProcessLabel", "" }, { "AppArmorProfile", "" }, { "ExecIDs", nullptr } };
    if (!container.execIds.empty())
        json["ExecIDs"] = container.execIds;
    json["HostConfig"] = core::toJson(container.config.host);
    json["GraphDriver"] = { { "Name", "overlayfs" },
        { "Data", { { "UpperDir", bundle + "/upper" }, { "WorkDir", bundle + "/work" } } } };
    json["Mounts"] = mountsJson(container.config);
    json["Config"] = core::toInspectJson(container.config);
    json["NetworkSettings"] = networkSettingsJson(container);
    if (ownBytes) {
        json["SizeRw"] = *ownBytes;
        json["SizeRootFs"] = *ownBytes;
    }
    return json;
}

} // namespace portlight::api
