#pragma once

#include "engine/base/result.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::core {

/// One process as `ps -ef` shows it, numbers as the engine sees them.
struct ListedProcess {
    std::string user; ///< its uid
    pid_t pid = 0;
    pid_t parentPid = 0;
    std::string startTime; ///< "15:04" UTC
    std::string cpuTime; ///< "00:00:01"
    std::string command;
};

/// The processes that share the pid namespace of @p initPid, by number. Blocking. proc(5).
/// Errors: NotFound when it is gone.
Result<std::vector<ListedProcess>> listProcesses(pid_t initPid);

} // namespace portlight::core
