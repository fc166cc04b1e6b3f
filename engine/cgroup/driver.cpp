#include "engine/cgroup/driver.h"

#include "engine/cgroup/cgroup_v1.h"
#include "engine/cgroup/cgroup_v2.h"
#include "engine/cgroup/hierarchies.h"

#include <algorithm>

namespace portlight::cgroup {

namespace {

bool climbs(const std::string& path)
{
    return (path + "/").find("/../") != std::string::npos;
}

} // namespace

Result<void> checkGroupPath(const std::string& path)
{
    if (path.size() < 2 || path.front() != '/' || path.back() == '/' || climbs(path)
        || path.find("//") != std::string::npos || path.find('\0') != std::string::npos)
        return makeError(Errc::InvalidArgument, "'" + path + "' is not the path of a cgroup");
    return success();
}

Result<std::unique_ptr<Driver>> Driver::open(const std::string& root)
{
    const std::string below = root == "/" ? std::string() : root;
    if (!below.empty()) {
        PL_TRY(checkGroupPath(below));
    }
    PL_TRY(const auto hierarchies, findHierarchies());
    const bool hasV1Controller =
        std::any_of(hierarchies.v1.begin(), hierarchies.v1.end(), [](const Hierarchy& hierarchy) {
            return !hierarchy.controllers.front().starts_with("name=");
        });
    if (hasV1Controller || hierarchies.unified.empty())
        return CgroupV1::create(hierarchies, below);
    return CgroupV2::create(hierarchies.unified, below);
}

bool Driver::has(const std::string& controller) const
{
    return std::any_of(m_controllers.begin(), m_controllers.end(),
        [&](const Controller& each) { return each.name == controller && each.isAvailable; });
}

Result<void> Driver::require(const std::string& controller, const std::string& what) const
{
    for (const Controller& each : m_controllers) {
        if (each.name != controller)
            continue;
        if (each.isAvailable)
            return success();
        return makeError(Errc::Unavailable,
            what + " needs the cgroup controller '" + controller + "': " + each.cause
                + " (fix: " + each.fix + ")");
    }
    return makeError(Errc::Unavailable,
        what + " needs the cgroup controller '" + controller + "', which this host does not have");
}

} // namespace portlight::cgroup
