#include "tests/support/remains.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

extern char** environ;

namespace portlight::test {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kPatience { 10 };

/// parent of every process: field 4 of /proc/PID/stat, behind the name in brackets.
std::map<pid_t, pid_t> parents()
{
    std::map<pid_t, pid_t> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
        const std::string name = entry.path().filename();
        if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; }))
            continue;
        std::ifstream file(entry.path() / "stat");
        std::string stat;
        std::getline(file, stat);
        const auto bracket = stat.rfind(')');
        if (bracket == std::string::npos)
            continue; // it ended meanwhile
        std::istringstream rest(stat.substr(bracket + 1));
        char state = 0;
        pid_t parent = 0;
        if (rest >> state >> parent)
            found[std::stoi(name)] = parent;
    }
    return found;
}

std::set<pid_t> descendants()
{
    const auto all = parents();
    std::set<pid_t> below { ::getpid() };
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& [pid, parent] : all)
            if (below.contains(parent) && below.insert(pid).second)
                grew = true;
    }
    below.erase(::getpid());
    return below;
}

/// Mount points of the file systems of @p types below "/", innermost last.
std::vector<std::string> mountPoints(const std::string& below, const std::set<std::string>& types)
{
    std::vector<std::string> found;
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string word;
        std::string point;
        for (int field = 1; words >> word && word != "-"; ++field)
            if (field == 5)
                point = word;
        std::string type;
        words >> type;
        if (point.starts_with(below) && (types.empty() || types.contains(type)))
            found.push_back(point);
    }
    return found;
}

/// "<before>/portlight/<container>" of a cgroup path; empty where it is none of an engine's.
std::string containerGroup(const std::string& path)
{
    static constexpr std::string_view kParent = "/portlight/";
    const auto parent = path.find(kParent);
    if (parent == std::string::npos)
        return {};
    return path.substr(0, std::min(path.size(), path.find('/', parent + kParent.size())));
}

/// The cgroups of containers that @p pid is in, in every hierarchy.
void collectCgroups(pid_t pid, std::set<std::string>& found)
{
    static const auto roots = mountPoints("/sys/fs/cgroup", { "cgroup", "cgroup2" });
    std::ifstream file("/proc/" + std::to_string(pid) + "/cgroup");
    for (std::string line; std::getline(file, line);) {
        const auto path =
            line.substr(std::min(line.size(), line.find(':', line.find(':') + 1) + 1));
        if (const auto group = containerGroup(path); !group.empty())
            for (const auto& root : roots)
                if (fs::is_directory(root + group))
                    found.insert(root + group);
    }
}

/// The cgroups of the containers that the engine's data root knows: their processes may be gone.
void collectCgroupsOfContainers(const std::string& directory, std::set<std::string>& found)
{
    std::set<std::string> ids;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory + "/data/containers", ignored))
        ids.insert(entry.path().filename());
    for (fs::recursive_directory_iterator at("/sys/fs/cgroup", ignored), end; at != end;
        at.increment(ignored))
        if (at->is_directory(ignored) && ids.contains(at->path().filename()))
            found.insert(at->path());
}

/// Removes empty cgroups bottom up; one that still holds a process stays.
void removeCgroup(const std::string& directory)
{
    std::vector<std::string> children;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored))
        if (entry.is_directory(ignored))
            children.push_back(entry.path());
    for (const auto& child : children)
        removeCgroup(child);
    ::rmdir(directory.c_str());
}

bool isOccupied(const std::string& cgroup)
{
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(cgroup, ignored)) {
        std::string line;
        if (entry.path().filename() == "cgroup.procs"
            && std::getline(std::ifstream(entry.path()), line))
            return true;
    }
    return false;
}

/// As an ordinary user, files of the subordinate ids are removed by the root of a user namespace
/// that maps them.
void removeAsNamespaceRoot(const std::string& directory)
{
    const char* words[] = { "unshare", "--map-root-user", "--map-auto", "rm", "-rf", "--",
        directory.c_str(), nullptr };
    pid_t child = -1;
    if (::posix_spawnp(&child, words[0], nullptr, nullptr, const_cast<char**>(words), environ) == 0)
        ::waitpid(child, nullptr, 0);
}

void run(std::vector<const char*> words)
{
    words.push_back(nullptr);
    pid_t child = -1;
    if (::posix_spawnp(
            &child, words[0], nullptr, nullptr, const_cast<char**>(words.data()), environ)
        == 0)
        ::waitpid(child, nullptr, 0);
}

/// Bridges and rules of a root engine that was killed; a rootless one's go with its namespace.
void removeNetworks(const std::string& directory)
{
    std::string id;
    if (::geteuid() != 0 || !std::getline(std::ifstream(directory + "/data/engine-id"), id))
        return;
    const std::string tag = id.substr(0, 8);
    std::error_code code;
    for (const auto& entry : fs::directory_iterator("/sys/class/net", code)) {
        const std::string name = entry.path().filename();
        std::string alias;
        std::getline(std::ifstream(entry.path() / "ifalias"), alias);
        if (alias == "portlight " + tag)
            run({ "ip", "link", "delete", name.c_str() });
    }
    const std::string table = "portlight_" + tag;
    // Made first, so that a missing one is no error.
    run({ "nft", "add", "table", "inet", table.c_str() });
    run({ "nft", "delete", "table", "inet", table.c_str() });
}

} // namespace

std::vector<std::string> removeRemains(const std::string& directory)
{
    std::vector<std::string> left;
    std::set<std::string> cgroups;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::set<pid_t> living;
    while (!(living = descendants()).empty() && std::chrono::steady_clock::now() < deadline) {
        for (const pid_t pid : living) {
            collectCgroups(pid, cgroups);
            ::kill(pid, SIGKILL);
        }
        // Children that are dead already are reaped; the others turn up in the next round.
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { }
        siginfo_t info;
        if (!descendants().empty())
            ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
    }
    for (const pid_t pid : living)
        left.push_back("process " + std::to_string(pid));
    collectCgroupsOfContainers(directory, cgroups);
    for (const auto& cgroup : cgroups) {
        removeCgroup(cgroup);
        if (fs::is_directory(cgroup) && !isOccupied(cgroup))
            left.push_back("cgroup " + cgroup);
    }
    auto mounts = mountPoints(directory + "/", {});
    for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount)
        if (::umount2(mount->c_str(), MNT_DETACH) != 0)
            left.push_back("mount " + *mount);
    removeNetworks(directory);
    std::error_code failure;
    fs::remove_all(directory, failure);
    if (failure && ::geteuid() != 0)
        removeAsNamespaceRoot(directory);
    if (fs::exists(directory))
        left.push_back("directory " + directory + ": " + failure.message());
    return left;
}

} // namespace portlight::test
