#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <utility>
#include <vector>

namespace portlight::core {

/// What is to run in a container besides its own process. Engine API 1.50, ExecConfig.
struct ExecConfig {
    std::vector<std::string> cmd; ///< at least one word
    std::vector<std::string> env; ///< "NAME=value", over the container's
    std::string user; ///< empty: the container's
    std::string workingDir; ///< empty: the container's
    std::string detachKeys; ///< "ctrl-p,ctrl-q"; empty: the default
    bool hasTty = false;
    bool attachesStdin = false;
    bool attachesStdout = false;
    bool attachesStderr = false;
    bool isPrivileged = false;
    std::pair<unsigned, unsigned> consoleRowsColumns { 0, 0 };
};

/// Reads the body of POST /containers/{id}/exec. Errors: InvalidArgument naming the field, worded
/// as docker does where clients match it.
Result<ExecConfig> execConfigFromJson(const Json& json);

/// `ConsoleSize`, [height, width]; zeros where it is absent. Errors: InvalidArgument.
Result<std::pair<unsigned, unsigned>> consoleSizeFromJson(const Json& json);

} // namespace portlight::core
