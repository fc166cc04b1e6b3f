#pragma once

#include <string>
#include <vector>

namespace portlight::test {

/// Ends and removes what an engine left: every process below the calling one (killed and reaped;
/// the caller is their subreaper), the cgroups named portlight… these were in, the mounts below
/// @p directory, and @p directory. Returns what could not be removed, empty where all is gone.
std::vector<std::string> removeRemains(const std::string& directory);

} // namespace portlight::test
