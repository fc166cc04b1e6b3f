#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"
#include "engine/oci_cli/options.h"

#include <sched.h>

#include <optional>
#include <string>

namespace portlight::oci_cli {

/// What an exec is to do, beside the process it is to run.
struct ExecOptions {
    std::string id;
    std::string pidFile;
    std::string consoleSocket;
    unsigned preservedFds = 0;
    std::string group; ///< below the container's own; empty: that one
    bool isDetached = false;
    bool hasNewKeyring = true;
    oci::Process process;
};

std::vector<OptionName> execOptionNames();

/// The process is that of --process FILE, or the container's own (@p config) with the words after
/// the id as arguments and --cwd, --env, --user, --cap, … applied. Errors: InvalidArgument.
Result<ExecOptions> execOptionsFrom(const Options& options, const oci::RuntimeConfig& config);

/// "0-3,7" as a CPU set. Errors: InvalidArgument.
Result<cpu_set_t> cpuSet(const std::string& text);

} // namespace portlight::oci_cli
