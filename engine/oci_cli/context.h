#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::oci_cli {

/// What the options before the verb say.
struct Context {
    std::string root; ///< where states of containers are kept
    std::string logPath; ///< empty: standard error alone
    bool isLogJson = false;
    bool isDebug = false;
    bool usesSystemdCgroup = false;
    bool hasCgroups = true; ///< false: containers stay in their caller's group

    /// Tells a failure to who watches: standard error, and the log file in its form
    /// ({"msg": …, "level": "error", "time": …} for json).
    void logError(const std::string& message) const { log("error", message); }
    void logWarning(const std::string& message) const { log("warning", message); }

private:
    void log(std::string_view level, const std::string& message) const;
};

/// /run/portlight-oci for root, $XDG_RUNTIME_DIR/portlight-oci for others (or a directory in /tmp
/// of that user alone).
std::string defaultRoot();

} // namespace portlight::oci_cli
