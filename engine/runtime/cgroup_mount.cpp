#include "engine/runtime/cgroup_mount.h"

#include "engine/base/syscalls.h"
#include "engine/cgroup/hierarchies.h"
#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

namespace portlight::runtime {

namespace {

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ",") + word;
    return text;
}

// /proc/self/cgroup: "4:memory:/a/b"; the key of the unified hierarchy is "".
std::map<std::string, std::string> ownGroups(const std::string& text)
{
    std::map<std::string, std::string> groups;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first != std::string::npos && second != std::string::npos)
            groups[line.substr(first + 1, second - first - 1)] = line.substr(second + 1);
        at = end + 1;
    }
    return groups;
}

struct View {
    std::uint64_t attributes = 0;
    bool hasOwnNamespace = false;
    std::map<std::string, std::string> groups;
};

Result<Fd> makeView(
    const View& view, const std::string& mountPoint, const std::vector<std::string>& controllers)
{
    if (!view.hasOwnNamespace) {
        const auto group = view.groups.find(joined(controllers));
        PL_TRY(auto tree,
            cloneTree(AT_FDCWD,
                mountPoint + (group == view.groups.end() ? std::string() : group->second), false));
        PL_TRY(changeMount(tree, MountChange { view.attributes, 0, 0, false }));
        return tree;
    }
    if (controllers.empty())
        return makeMount("cgroup2", "cgroup", {}, view.attributes);
    FsOptions options;
    for (const std::string& controller : controllers) {
        if (controller.starts_with("name=")) {
            options.emplace_back("none", "");
            options.emplace_back("name", controller.substr(5));
        } else {
            options.emplace_back(controller, "");
        }
    }
    return makeMount("cgroup", "cgroup", options, view.attributes);
}

// The usual directory name, and for "cpu,cpuacct" links with each name alone.
Result<void> attachHierarchy(const Fd& top, const View& view, const cgroup::Hierarchy& hierarchy)
{
    auto mount = makeView(view, hierarchy.mountPoint, hierarchy.controllers);
    if (!mount)
        return success(); // another namespace owns it, or it is being taken down
    std::string name = joined(hierarchy.controllers);
    if (name.starts_with("name="))
        name.erase(0, 5);
    if (name.find('/') != std::string::npos)
        return success();
    if (::mkdirat(top.get(), name.c_str(), 0755) != 0)
        return errnoError(errno, "make '" + name + "'");
    PL_TRY(const auto over, openAt(top, name, O_PATH | O_NOFOLLOW));
    PL_TRY(attachMount(mount.value(), over));
    if (hierarchy.controllers.size() > 1) {
        for (const std::string& each : hierarchy.controllers)
            (void)::symlinkat(name.c_str(), top.get(), each.c_str());
    }
    return success();
}

} // namespace

Result<void> mountCgroups(const Fd& target, std::uint64_t attributes, bool hasOwnNamespace)
{
    PL_TRY(const auto hierarchies, cgroup::findHierarchies());
    View view { attributes, hasOwnNamespace, {} };
    if (!hasOwnNamespace) {
        PL_TRY(const auto text, readFile("/proc/self/cgroup"));
        view.groups = ownGroups(text);
    }
    if (hierarchies.v1.empty()) {
        const auto mount = makeView(view, hierarchies.unified, {});
        if (!mount)
            return success();
        return attachMount(mount.value(), target);
    }
    PL_TRY(const auto tmpfs,
        makeMount("tmpfs", "tmpfs", { { "mode", "755" } },
            attributes & ~static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY)));
    PL_TRY(const auto top, openAt(tmpfs, ".", O_RDONLY | O_DIRECTORY));
    PL_TRY(attachMount(tmpfs, target));
    for (const cgroup::Hierarchy& hierarchy : hierarchies.v1) {
        PL_TRY(attachHierarchy(top, view, hierarchy));
    }
    if (!hierarchies.unified.empty()) {
        if (const auto mount = makeView(view, hierarchies.unified, {})) {
            if (::mkdirat(top.get(), "unified", 0755) != 0)
                return errnoError(errno, "make 'unified'");
            PL_TRY(const auto over, openAt(top, "unified", O_PATH | O_NOFOLLOW));
            PL_TRY(attachMount(mount.value(), over));
        }
    }
    return changeMount(tmpfs, MountChange { attributes & MOUNT_ATTR_RDONLY, 0, 0, false });
}

} // namespace portlight::runtime
