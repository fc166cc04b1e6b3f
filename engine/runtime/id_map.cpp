#include "engine/runtime/id_map.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::runtime {

namespace {

// newuidmap(1), newgidmap(1): set-uid programs that map what /etc/subuid and /etc/subgid grant.
Result<void> mapWithHelper(
    const char* program, pid_t pid, const std::vector<oci::IdMapping>& mappings)
{
    std::vector<std::string> words { program, std::to_string(pid) };
    for (const oci::IdMapping& mapping : mappings)
        for (const std::uint32_t number : { mapping.containerId, mapping.hostId, mapping.size })
            words.push_back(std::to_string(number));
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t helper = -1;
    const int failure =
        ::posix_spawnp(&helper, program, nullptr, nullptr, arguments.data(), environ);
    if (failure != 0)
        return makeError(Errc::Unavailable,
            "start '" + std::string(program) + "': " + errnoText(failure)
                + " (an ordinary user needs it to map more than the own id: install uidmap)");
    int status = 0;
    while (::waitpid(helper, &status, 0) < 0 && errno == EINTR) { }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return makeError(Errc::Forbidden,
            "'" + std::string(program)
                + "' refused the mapping: /etc/subuid and /etc/subgid must grant these ids to "
                  "this user");
    return success();
}

bool isOwn(const std::vector<oci::IdMapping>& mappings, std::uint32_t id)
{
    return mappings.size() == 1 && mappings[0].size == 1 && mappings[0].hostId == id;
}

} // namespace

std::string idMapText(const std::vector<oci::IdMapping>& mappings)
{
    std::string text;
    for (const oci::IdMapping& mapping : mappings)
        text += std::to_string(mapping.containerId) + " " + std::to_string(mapping.hostId) + " "
            + std::to_string(mapping.size) + "\n";
    return text;
}

Result<void> writeIdMaps(
    pid_t pid, const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids)
{
    const std::string directory = "/proc/" + std::to_string(pid);
    if (uids.empty() != gids.empty())
        return makeError(
            Errc::InvalidArgument, "a new user namespace needs uidMappings and gidMappings");
    if (uids.empty())
        return writeIdMaps(pid, { { 0, ::geteuid(), 1 } }, { { 0, ::getegid(), 1 } });
    auto uidsMapped = writeExisting(directory + "/uid_map", idMapText(uids));
    if (!uidsMapped && uidsMapped.error().sysErrno == EPERM)
        uidsMapped = mapWithHelper("newuidmap", pid, uids);
    PL_TRY(std::move(uidsMapped));
    auto gidsMapped = writeExisting(directory + "/gid_map", idMapText(gids));
    if (gidsMapped || gidsMapped.error().sysErrno != EPERM)
        return gidsMapped;
    if (!isOwn(gids, ::getegid()))
        return mapWithHelper("newgidmap", pid, gids);
    // The own group alone, where groups cannot be dropped: user_namespaces(7).
    PL_TRY(writeExisting(directory + "/setgroups", "deny"));
    return writeExisting(directory + "/gid_map", idMapText(gids));
}

Result<Fd> makeMapNamespace(
    const std::vector<oci::IdMapping>& uids, const std::vector<oci::IdMapping>& gids)
{
    clone_args arguments {};
    arguments.flags = CLONE_NEWUSER;
    arguments.exit_signal = SIGCHLD;
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0)
        return errnoError(errno, "make user namespace");
    if (pid == 0) {
        for (;;)
            ::pause(); // holds the namespace until it is open
    }
    auto space = [&]() -> Result<Fd> {
        PL_TRY(writeIdMaps(static_cast<pid_t>(pid), uids, gids));
        return openFile("/proc/" + std::to_string(pid) + "/ns/user", O_RDONLY);
    }();
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    while (::waitpid(static_cast<pid_t>(pid), nullptr, 0) < 0 && errno == EINTR) { }
    return space;
}

} // namespace portlight::runtime
