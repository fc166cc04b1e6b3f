#include "engine/base/paths.h"

#include <unistd.h>

#include <cstdlib>

namespace portlight {

namespace {

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    // The XDG specification says that relative paths are to be ignored.
    return value != nullptr && value[0] == '/' ? std::string(value) : std::string();
}

} // namespace

Result<EnginePaths> defaultPaths(bool isRoot)
{
    if (isRoot)
        return EnginePaths { "/run/portlight/engine.sock", "/var/lib/portlight", "/run/portlight",
            "/etc/portlight/engine.json" };
    const std::string home = variable("HOME");
    std::string runtime = variable("XDG_RUNTIME_DIR");
    if (runtime.empty()) // no login session (cron, su): a directory of our own, made 0700
        runtime = "/tmp/portlight-run-" + std::to_string(::getuid());
    std::string data = variable("XDG_DATA_HOME");
    std::string config = variable("XDG_CONFIG_HOME");
    if (home.empty() && (data.empty() || config.empty()))
        return makeError(Errc::Unavailable,
            "neither HOME nor XDG_DATA_HOME and XDG_CONFIG_HOME are set; set HOME or name the "
            "directories with --data-root, --state-dir and --config");
    if (data.empty())
        data = home + "/.local/share";
    if (config.empty())
        config = home + "/.config";
    return EnginePaths { runtime + "/portlight/engine.sock", data + "/portlight",
        runtime + "/portlight", config + "/portlight/engine.json" };
}

} // namespace portlight
