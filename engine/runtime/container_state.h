#pragma once

#include "engine/base/json.h"

#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace portlight::runtime {

/// The steps of a container's life as the world sees them (runtime-spec runtime.md, State).
enum class Status { Creating, Created, Running, Paused, Stopped };

/// "creating", "created", …; "paused" is an addition of runtimes that can freeze.
std::string_view statusName(Status status);

/// The state of a container as hooks get it on their standard input and as `state` prints it.
struct ContainerState {
    std::string id;
    Status status = Status::Creating;
    pid_t pid = 0; ///< as seen by whom the state is for; 0: no process
    std::string bundle; ///< absolute
    std::map<std::string, std::string> annotations;
};

/// The newest version of the specification that this runtime follows.
inline constexpr const char* kOciVersion = "1.3.0";

Json toJson(const ContainerState& state);

} // namespace portlight::runtime
