#include "engine/launcher/id_mapping.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace portlight::launcher {

namespace {

struct Helper {
    pid_t pid = -1;
    Fd output; ///< what it says on standard error
    std::string program;
};

// newuidmap(1): newuidmap PID INSIDE OUTSIDE COUNT …
Result<Helper> startHelper(const std::string& program, pid_t pid, const IdMap& map)
{
    PL_TRY(auto pipe, makePipe());
    std::vector<std::string> words { program, std::to_string(pid) };
    for (const IdExtent& extent : map)
        for (const std::uint32_t number : { extent.inside, extent.outside, extent.count })
            words.push_back(std::to_string(number));
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), STDERR_FILENO);
    Helper helper;
    helper.program = program;
    const int failure =
        ::posix_spawn(&helper.pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return errnoError(failure, "start '" + program + "'");
    helper.output = std::move(pipe.read);
    return helper;
}

Result<void> finishHelper(Helper helper)
{
    auto said = readAll(helper.output, 65536);
    int status = 0;
    while (::waitpid(helper.pid, &status, 0) < 0 && errno == EINTR) { }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return success();
    std::string text = said ? std::move(said).value() : std::string();
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return makeError(Errc::Forbidden,
        "'" + helper.program + "' failed: " + text
            + " (check /etc/subuid, /etc/subgid and that the helper is set-uid root)");
}

Result<void> writeOwnMap(const std::string& path, const IdMap& map)
{
    const IdExtent& extent = map.at(0);
    return writeExisting(path,
        std::to_string(extent.inside) + " " + std::to_string(extent.outside) + " "
            + std::to_string(extent.count) + "\n");
}

} // namespace

std::string toArgument(const IdMap& map)
{
    std::string text;
    for (const IdExtent& extent : map)
        text += (text.empty() ? "" : ",") + std::to_string(extent.inside) + ":"
            + std::to_string(extent.outside) + ":" + std::to_string(extent.count);
    return text;
}

Result<IdMap> idMapFromArgument(std::string_view text)
{
    IdMap map;
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto take = [&](std::uint32_t& number, char separator) {
        const auto [stop, code] = std::from_chars(at, end, number);
        const bool isFine = code == std::errc {} && stop != at
            && (separator == '\0' || (stop != end && *stop == separator));
        at = isFine && separator != '\0' ? stop + 1 : stop;
        return isFine;
    };
    for (;;) {
        IdExtent extent;
        if (!take(extent.inside, ':') || !take(extent.outside, ':') || !take(extent.count, '\0')
            || extent.count == 0)
            return makeError(Errc::InvalidArgument, "bad id map '" + std::string(text) + "'");
        map.push_back(extent);
        if (at == end)
            return map;
        if (*at++ != ',')
            return makeError(Errc::InvalidArgument, "bad id map '" + std::string(text) + "'");
    }
}

Result<void> mapIds(pid_t pid, const IdMapping& mapping)
{
    const std::string proc = "/proc/" + std::to_string(pid);
    if (mapping.newuidmap.empty() || mapping.newgidmap.empty()) {
        // A group map may only be written where groups cannot be dropped: user_namespaces(7).
        PL_TRY(writeExisting(proc + "/setgroups", "deny"));
        PL_TRY(writeOwnMap(proc + "/uid_map", mapping.uids));
        return writeOwnMap(proc + "/gid_map", mapping.gids);
    }
    // Both at once: each is a process that takes a few milliseconds.
    PL_TRY(auto uids, startHelper(mapping.newuidmap, pid, mapping.uids));
    auto gids = startHelper(mapping.newgidmap, pid, mapping.gids);
    auto mapped = finishHelper(std::move(uids));
    if (!gids)
        return gids.error();
    auto groupsMapped = finishHelper(std::move(gids).value());
    return mapped ? std::move(groupsMapped) : std::move(mapped);
}

} // namespace portlight::launcher
