#include "engine/cgroup/hierarchies.h"

#include "engine/base/syscalls.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <string_view>

namespace portlight::cgroup {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        if (end != 0)
            parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return parts;
}

// Super block options of v1 mix controllers with flags.
bool isController(std::string_view option)
{
    static constexpr std::string_view kFlags[] { "rw", "ro", "xattr", "noprefix", "clone_children",
        "cpuset_v2_mode", "release_agent", "seclabel", "none" };
    return std::none_of(std::begin(kFlags), std::end(kFlags),
        [option](std::string_view flag) { return option.starts_with(flag); });
}

bool isOfType(const std::string& path, long type)
{
    struct statfs info {};
    return !path.empty() && ::statfs(path.c_str(), &info) == 0 && info.f_type == type;
}

} // namespace

Hierarchies parseMountInfo(const std::string& text)
{
    Hierarchies found;
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t dash = line.find(" - ");
        if (dash == std::string_view::npos)
            continue;
        const auto left = split(line.substr(0, dash), ' ');
        const auto right = split(line.substr(dash + 3), ' ');
        if (left.size() < 5 || right.size() < 3)
            continue;
        const std::string mountPoint(left[4]);
        if (right[0] == "cgroup2" && found.unified.empty()) {
            found.unified = mountPoint;
        } else if (right[0] == "cgroup") {
            Hierarchy hierarchy { mountPoint, {} };
            for (const std::string_view option : split(right[2], ',')) {
                if (isController(option))
                    hierarchy.controllers.emplace_back(option);
            }
            // The same hierarchy mounted a second time elsewhere is no second hierarchy.
            const bool isKnown = std::any_of(found.v1.begin(), found.v1.end(),
                [&](const Hierarchy& each) { return each.controllers == hierarchy.controllers; });
            if (!hierarchy.controllers.empty() && !isKnown)
                found.v1.push_back(std::move(hierarchy));
        }
    }
    return found;
}

Result<Hierarchies> findHierarchies()
{
    PL_TRY(const auto text, readFile("/proc/self/mountinfo"));
    auto found = parseMountInfo(text);
    // The table also lists what other mounts hide by now.
    std::erase_if(found.v1,
        [](const Hierarchy& each) { return !isOfType(each.mountPoint, CGROUP_SUPER_MAGIC); });
    if (!isOfType(found.unified, CGROUP2_SUPER_MAGIC))
        found.unified.clear();
    return found;
}

} // namespace portlight::cgroup
