#pragma once

#include "engine/base/log.h"
#include "engine/base/paths.h"
#include "engine/host/oci_runtimes.h"

#include <optional>
#include <string>

namespace portlight {

enum class RootlessMode { Auto, Yes, No };

/// What the command line asked for; empty strings and nullopt where it said nothing.
struct EngineOptions {
    std::string socket;
    std::string dataRoot;
    std::string stateDir;
    std::string config;
    RootlessMode rootless = RootlessMode::Auto;
    std::optional<log::Level> logLevel;
};

/// Parses the command line. An exit code where the program ends at once: 0 after --help or
/// --version (written to standard output), 2 for bad arguments (said on standard error).
struct ParsedCommandLine {
    EngineOptions options;
    std::optional<int> exitCode;
};
ParsedCommandLine parseCommandLine(int argc, const char* const* argv);

/// engine.json. Every key is optional.
struct EngineConfig {
    std::optional<log::Level> logLevel; ///< "log-level": "error", "warn", "info" or "debug"
    /// "runtimes": {"NAME": {"path": "/…", "runtimeArgs": ["--…"]}} and "default-runtime": "NAME",
    /// as Docker's daemon.json has them.
    host::OciRuntimes runtimes;
};

/// Reads @p path; a missing file is an empty configuration. Errors: InvalidArgument naming the file
/// and the key for text that is not JSON, unknown keys and values of a wrong kind.
Result<EngineConfig> readEngineConfig(const std::string& path);

/// Defaults with what the command line changes; every path absolute.
Result<EnginePaths> choosePaths(const EngineOptions& options, bool isRoot);

} // namespace portlight
