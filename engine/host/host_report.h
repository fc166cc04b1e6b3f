#pragma once

#include "engine/base/json.h"

#include <string>
#include <vector>

namespace portlight::host {

/// One thing this host can or cannot give, found at start: GET /portlight/v1/host.
struct Feature {
    std::string key; ///< stable: "cgroup.memory", "userns", "subordinate-ids", "seccomp", …
    std::string group; ///< "namespaces", "cgroups", "ids", "network", "security", "storage"
    bool isAvailable = false;
    std::string detail; ///< what was found ("cgroup v2, cpu io memory pids")
    std::string cause; ///< why not; empty where available
    std::string fix; ///< the exact command or setting that mends it; empty where available
};

/// Everything the engine needs to know of this host to decide, and to tell.
struct HostReport {
    bool isRootless = false;
    int cgroupVersion = 0; ///< 2, 1 (also hybrid), 0 none usable
    bool isHybrid = false;
    std::string cgroupRoot; ///< below which this engine makes its groups; "" where it may not
    bool hasOverlayUserXattr = false;
    std::string kernelRelease;
    std::string osName; ///< PRETTY_NAME of os-release
    std::int64_t memoryBytes = 0;
    int cpuCount = 0;
    std::vector<Feature> features;

    /// The feature of @p key, nullptr where it was not looked for.
    const Feature* find(const std::string& key) const;
};

/// Looks at this host; never fails: what cannot be found out is a feature that is not available.
HostReport inspectHost(bool isRootless);
Json toJson(const HostReport& report);

} // namespace portlight::host
