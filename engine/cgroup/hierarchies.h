#pragma once

#include "engine/base/result.h"

#include <string>
#include <vector>

/// Where the cgroup hierarchies of this mount namespace are: /proc/self/mountinfo.
namespace portlight::cgroup {

struct Hierarchy {
    std::string mountPoint;
    std::vector<std::string> controllers; ///< v1: "cpu", "cpuacct" or "name=systemd"; v2: empty
};

struct Hierarchies {
    std::vector<Hierarchy> v1;
    std::string unified; ///< mount point of cgroup2; empty: none
};

/// Parses the text of a mountinfo file (proc(5)); lines of other file systems are skipped.
Hierarchies parseMountInfo(const std::string& text);
/// Errors: as reading /proc/self/mountinfo.
Result<Hierarchies> findHierarchies();

} // namespace portlight::cgroup
