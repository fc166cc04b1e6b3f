#pragma once

#include "engine/base/result.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::host {

/// A range of ids that a user may use besides his own: subuid(5), subgid(5).
struct SubordinateRange {
    std::uint32_t start = 0;
    std::uint32_t count = 0;
    friend bool operator==(const SubordinateRange&, const SubordinateRange&) = default;
};

/// The ranges of the user called @p name or numbered @p uid in the text of /etc/subuid or
/// /etc/subgid. Lines that break the format are skipped, as newuidmap(1) skips them.
std::vector<SubordinateRange> parseSubordinateIds(
    std::string_view text, const std::string& name, uid_t uid);

/// What a rootless engine can map: both lists non-empty where helpers and ranges are there.
struct SubordinateIds {
    std::string userName; ///< "" where the user database has none
    std::vector<SubordinateRange> uids;
    std::vector<SubordinateRange> gids;
    std::string newuidmap; ///< path of the helper, "" where it is not on PATH
    std::string newgidmap;
    bool areUsable() const
    {
        return !uids.empty() && !gids.empty() && !newuidmap.empty() && !newgidmap.empty();
    }
};

/// Looks up @p uid in /etc/passwd's database, /etc/subuid and /etc/subgid, and the helpers on PATH.
SubordinateIds findSubordinateIds(uid_t uid);

/// The first executable called @p name in $PATH and the usual system directories; "" without one.
std::string findProgram(const std::string& name);

} // namespace portlight::host
