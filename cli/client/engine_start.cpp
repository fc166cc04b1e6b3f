#include "cli/client/engine_start.h"

#include "cli/client/connection.h"
#include "engine/base/detached_process.h"
#include "engine/base/fd.h"
#include "engine/base/syscalls.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace portlight::cli {

namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMs = 30'000;
constexpr std::size_t kLastWordsBytes = 2000;

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string lastWords(const std::string& logPath)
{
    auto whole = readFile(logPath);
    if (!whole)
        return {};
    std::string words = std::move(whole).value();
    if (words.size() > kLastWordsBytes)
        words.erase(0, words.size() - kLastWordsBytes);
    while (words.ends_with('\n'))
        words.pop_back();
    return words;
}

/// Until the socket accepts, the engine ends or patience does. Looked at whenever something appears
/// in the socket's directory.
Result<void> awaitEngine(const std::string& socketPath, pid_t pid, const std::string& logPath)
{
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const Fd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    ::inotify_add_watch(watch.get(), fs::path(socketPath).parent_path().c_str(),
        IN_CREATE | IN_MOVED_TO | IN_ATTRIB);
    for (int waited = 0; waited < kPatienceMs;) {
        if (Connection::open(socketPath))
            return success();
        // The engine listens a moment after its socket appears: hence the short waits as well.
        pollfd ready[] { { process.get(), POLLIN, 0 }, { watch.get(), POLLIN, 0 } };
        constexpr int stepMs = 20;
        if (::poll(ready, 2, stepMs) == 0)
            waited += stepMs;
        char events[4096];
        while (::read(watch.get(), events, sizeof events) > 0) { }
        if ((ready[0].revents & POLLIN) != 0) {
            ::waitpid(pid, nullptr, 0);
            if (Connection::open(socketPath))
                return success(); // somebody else's start was faster
            return makeError(Errc::Unavailable,
                "the engine was started for unix://" + socketPath + " and ended at once; " + logPath
                    + " says: " + lastWords(logPath));
        }
    }
    return makeError(Errc::Unavailable,
        "the engine was started for unix://" + socketPath + " but does not answer; see " + logPath);
}

} // namespace

std::string defaultSocket()
{
    if (::geteuid() == 0)
        return "/run/portlight/engine.sock";
    std::string runtime = variable("XDG_RUNTIME_DIR");
    if (runtime.empty())
        runtime = "/run/user/" + std::to_string(::geteuid());
    return runtime + "/portlight/engine.sock";
}

std::string programDirectory()
{
    std::error_code failure;
    return fs::read_symlink("/proc/self/exe", failure).parent_path().string();
}

Result<void> startEngine(const std::string& socketPath)
{
    const std::string directory = fs::path(socketPath).parent_path().string();
    PL_TRY(makeDirs(directory));
    const std::string logPath = directory + "/portlightd.log";
    PL_TRY(const Fd log, openFile(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600));
    const std::string beside = programDirectory() + "/portlightd";
    const std::string program = ::access(beside.c_str(), X_OK) == 0 ? beside : "portlightd";
    // It starts in "/": what is relative here would be another place there.
    std::vector<std::string> arguments { "--socket", fs::absolute(socketPath).string() };
    for (const auto& [option, name] : { std::pair { "--data-root", "PORTLIGHT_DATA_ROOT" },
             std::pair { "--state-dir", "PORTLIGHT_STATE_DIR" } })
        if (const std::string value = variable(name); !value.empty())
            arguments.insert(arguments.end(), { option, fs::absolute(value).string() });
    const auto pid = spawnDetached(program, std::move(arguments), {}, 0, &log);
    if (!pid)
        return makeError(Errc::Unavailable,
            pid.error().message + "; portlightd was looked for beside this program and on PATH");
    return awaitEngine(socketPath, pid.value(), logPath);
}

} // namespace portlight::cli
