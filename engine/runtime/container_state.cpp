#include "engine/runtime/container_state.h"

namespace portlight::runtime {

std::string_view statusName(Status status)
{
    switch (status) {
    case Status::Creating:
        return "creating";
    case Status::Created:
        return "created";
    case Status::Running:
        return "running";
    case Status::Paused:
        return "paused";
    case Status::Stopped:
        break;
    }
    return "stopped";
}

Json toJson(const ContainerState& state)
{
    Json json { { "ociVersion", kOciVersion }, { "id", state.id },
        { "status", statusName(state.status) }, { "bundle", state.bundle } };
    // Required for created and running containers only; 0 is what tools expect of the others.
    json["pid"] = state.pid;
    if (!state.annotations.empty())
        json["annotations"] = state.annotations;
    return json;
}

} // namespace portlight::runtime
