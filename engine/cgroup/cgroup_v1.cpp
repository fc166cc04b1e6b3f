#include "engine/cgroup/cgroup_v1.h"

#include "engine/base/syscalls.h"
#include "engine/cgroup/group_files.h"

#include <fcntl.h>

#include <algorithm>

namespace portlight::cgroup {

namespace {

constexpr int kKillRounds = 100;

bool contains(const std::vector<std::string>& list, const std::string& item)
{
    return std::find(list.begin(), list.end(), item) != list.end();
}

// What v1 calls blkio is "io" to the rest of the engine.
std::string commonName(const std::string& controller)
{
    return controller == "blkio" ? "io" : controller;
}

} // namespace

std::unique_ptr<Driver> CgroupV1::create(const Hierarchies& hierarchies, const std::string& root)
{
    std::vector<Controller> controllers;
    std::vector<Top> tops;
    for (const Hierarchy& hierarchy : hierarchies.v1) {
        const std::string directory = hierarchy.mountPoint + root;
        const bool isWritable = isWritableDir(directory);
        if (isWritable)
            tops.push_back(Top { directory, hierarchy.controllers });
        for (const std::string& name : hierarchy.controllers) {
            if (name.starts_with("name="))
                continue;
            Controller controller { commonName(name), isWritable, {}, {} };
            if (!isWritable) {
                controller.cause = "cgroup directory '" + directory + "' may not be written";
                controller.fix = "as root: mkdir -p " + directory + " && chown USER " + directory
                    + " " + directory + "/cgroup.procs " + directory + "/tasks";
            }
            controllers.push_back(std::move(controller));
        }
    }
    std::string unifiedTop;
    if (!hierarchies.unified.empty() && isWritableDir(hierarchies.unified + root))
        unifiedTop = hierarchies.unified + root;
    const Layout layout = tops.empty() && unifiedTop.empty() ? Layout::None
        : hierarchies.unified.empty()                        ? Layout::V1
                                                             : Layout::Hybrid;
    return std::unique_ptr<Driver>(
        new CgroupV1(layout, std::move(controllers), std::move(tops), std::move(unifiedTop)));
}

std::string CgroupV1::directoryOf(const std::string& controller, const std::string& path) const
{
    for (const Top& top : m_tops) {
        if (contains(top.controllers, controller))
            return top.directory + path;
    }
    return {};
}

std::string CgroupV1::anyDirectory(const std::string& path) const
{
    if (!m_unifiedTop.empty())
        return m_unifiedTop + path;
    return m_tops.empty() ? std::string() : m_tops.front().directory + path;
}

Result<void> CgroupV1::create(const std::string& path, const oci::Resources& resources)
{
    PL_TRY(checkGroupPath(path));
    for (const Top& top : m_tops) {
        PL_TRY(makeGroupDirs(top.directory, path));
    }
    if (!m_unifiedTop.empty()) {
        PL_TRY(makeGroupDirs(m_unifiedTop, path));
    }
    PL_TRY(prepareCpuset(path));
    return update(path, resources);
}

Result<void> CgroupV1::addProcess(const std::string& path, pid_t pid)
{
    PL_TRY(checkGroupPath(path));
    const std::string number = std::to_string(pid);
    for (const Top& top : m_tops) {
        PL_TRY(writeValue(top.directory + path + "/cgroup.procs", number));
    }
    if (!m_unifiedTop.empty()) {
        PL_TRY(writeValue(m_unifiedTop + path + "/cgroup.procs", number));
    }
    return success();
}

Result<Fd> CgroupV1::openForClone(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    if (m_unifiedTop.empty())
        return makeError(Errc::NotFound, "no cgroup v2 hierarchy that may be written");
    return openFile(m_unifiedTop + path, O_PATH | O_DIRECTORY);
}

Result<std::uint64_t> CgroupV1::oomKills(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    const std::string directory = directoryOf("memory", path);
    if (directory.empty())
        return std::uint64_t { 0 };
    const std::string text = readText(directory + "/memory.oom_control");
    return findKeyed(text, "oom_kill").value_or(0);
}

Result<std::vector<pid_t>> CgroupV1::processes(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    const std::string directory = anyDirectory(path);
    if (directory.empty())
        return makeError(Errc::NotFound, "no cgroup for '" + path + "'");
    std::vector<pid_t> pids;
    PL_TRY(collectProcesses(directory, pids));
    return pids;
}

Result<void> CgroupV1::kill(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    // A frozen v1 task keeps its SIGKILL pending until it is thawed.
    if (const std::string freezer = directoryOf("freezer", path); !freezer.empty())
        (void)writeExisting(freezer + "/freezer.state", "THAWED");
    if (!m_unifiedTop.empty()) {
        const auto killed = writeExisting(m_unifiedTop + path + "/cgroup.kill", "1");
        if (killed)
            return success();
    }
    const std::string directory = anyDirectory(path);
    if (directory.empty())
        return makeError(Errc::NotFound, "no cgroup for '" + path + "'");
    return killProcesses(directory, kKillRounds);
}

Result<void> CgroupV1::freeze(const std::string& path, bool isFrozen)
{
    PL_TRY(checkGroupPath(path));
    if (const std::string directory = directoryOf("freezer", path); !directory.empty())
        return writeValue(directory + "/freezer.state", isFrozen ? "FROZEN" : "THAWED");
    if (!m_unifiedTop.empty())
        return writeValue(m_unifiedTop + path + "/cgroup.freeze", isFrozen ? "1" : "0");
    return require("freezer", "pause");
}

Result<bool> CgroupV1::isFrozen(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    if (const std::string directory = directoryOf("freezer", path); !directory.empty()) {
        PL_TRY(const auto state, readFile(directory + "/freezer.state"));
        return !state.starts_with("THAWED");
    }
    if (m_unifiedTop.empty())
        return false;
    PL_TRY(const auto state, readFile(m_unifiedTop + path + "/cgroup.freeze"));
    return state.starts_with("1");
}

Result<void> CgroupV1::remove(const std::string& path)
{
    PL_TRY(checkGroupPath(path));
    for (const Top& top : m_tops) {
        PL_TRY(removeGroupDir(top.directory + path));
    }
    if (!m_unifiedTop.empty()) {
        PL_TRY(removeGroupDir(m_unifiedTop + path));
    }
    return success();
}

} // namespace portlight::cgroup
