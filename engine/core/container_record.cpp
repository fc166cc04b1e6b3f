#include "engine/core/container_record.h"

#include <array>

namespace portlight::core {

namespace {

constexpr std::array<std::string_view, 6> kStatusNames { "created", "running", "paused", "exited",
    "removing", "restarting" };

} // namespace

std::string_view statusName(RunStatus status)
{
    return kStatusNames[static_cast<std::size_t>(status)];
}

Json toJson(const ContainerState& state)
{
    return Json { { "status", statusName(state.status) }, { "exitCode", state.exitCode },
        { "wasOomKilled", state.wasOomKilled }, { "error", state.error },
        { "startedAtNs", state.startedAtNs }, { "finishedAtNs", state.finishedAtNs },
        { "pid", state.pid }, { "hasStoppedByUser", state.hasStoppedByUser },
        { "restartCount", state.restartCount }, { "restartDelayNs", state.restartDelayNs },
        { "nextStartNs", state.nextStartNs } };
}

Result<ContainerState> containerStateFromJson(const Json& json)
{
    ContainerState state;
    PL_TRY(const auto status, jsonString(json, "status"));
    bool isKnown = false;
    for (std::size_t at = 0; at < kStatusNames.size(); ++at) {
        if (kStatusNames[at] == status) {
            state.status = static_cast<RunStatus>(at);
            isKnown = true;
        }
    }
    if (!isKnown)
        return makeError(Errc::InvalidArgument, "unknown container status '" + status + "'");
    PL_TRY(const auto exitCode, jsonInt(json, "exitCode"));
    state.exitCode = static_cast<int>(exitCode);
    PL_TRY(state.wasOomKilled, jsonBool(json, "wasOomKilled"));
    PL_TRY(state.error, jsonString(json, "error"));
    PL_TRY(state.startedAtNs, jsonInt(json, "startedAtNs"));
    PL_TRY(state.finishedAtNs, jsonInt(json, "finishedAtNs"));
    PL_TRY(const auto pid, jsonInt(json, "pid"));
    state.pid = static_cast<pid_t>(pid);
    PL_TRY(state.hasStoppedByUser, jsonBool(json, "hasStoppedByUser"));
    PL_TRY(state.restartCount, jsonInt(json, "restartCount"));
    PL_TRY(state.restartDelayNs, jsonInt(json, "restartDelayNs"));
    PL_TRY(state.nextStartNs, jsonInt(json, "nextStartNs"));
    return state;
}

store::ContainerRow toRow(const Container& container)
{
    return { container.id, container.name, container.imageId, container.createdAtNs,
        dumpJson(toCreateJson(container.config)), dumpJson(toJson(container.state)) };
}

Result<ContainerPtr> containerFromRow(
    const asio::any_io_executor& executor, const store::ContainerRow& row, int hostCpuCount)
{
    auto container = std::make_shared<Container>(executor);
    container->id = row.id;
    container->name = row.name;
    container->imageId = row.imageId;
    container->createdAtNs = row.createdAtNs;
    std::vector<std::string> ignored; // the client was told when it made the container
    PL_TRY(const auto config, parseJson(row.config));
    PL_TRY(container->config, containerConfigFromJson(config, hostCpuCount, ignored));
    PL_TRY(const auto state, parseJson(row.state));
    PL_TRY(container->state, containerStateFromJson(state));
    return container;
}

} // namespace portlight::core
