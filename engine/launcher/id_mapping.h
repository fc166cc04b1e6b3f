#pragma once

#include "engine/base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::launcher {

/// One line of a uid_map or gid_map: user_namespaces(7).
struct IdExtent {
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;
    friend bool operator==(const IdExtent&, const IdExtent&) = default;
};
using IdMap = std::vector<IdExtent>;

/// "0:1001:1,1:100000:65536" for the launcher's command line, and back.
std::string toArgument(const IdMap& map);
/// Errors: InvalidArgument for anything else than whole triples.
Result<IdMap> idMapFromArgument(std::string_view text);

/// Who maps: the set-uid helpers of the uidmap package, or the launcher itself, which may map the
/// user's own id alone.
struct IdMapping {
    IdMap uids;
    IdMap gids;
    std::string newuidmap; ///< path, "" to write the one-line maps directly
    std::string newgidmap;
};

/// Fills the maps of the user namespace of @p pid, a child that made it and waits.
/// Errors: Forbidden with the helper's own words.
Result<void> mapIds(pid_t pid, const IdMapping& mapping);

} // namespace portlight::launcher
