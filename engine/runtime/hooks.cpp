#include "engine/runtime/hooks.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

namespace portlight::runtime {

namespace {

// The state as a file: a hook that does not read it holds up nobody, as a full pipe would.
Result<Fd> stateFile(const std::string& state)
{
    Fd file(::memfd_create("state", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file.isOpen())
        return errnoError(errno, "make memory file");
    PL_TRY(writeAll(file, state));
    if (::lseek(file.get(), 0, SEEK_SET) != 0
        || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) != 0)
        return errnoError(errno, "seal memory file");
    return file;
}

std::vector<char*> pointers(const std::vector<std::string>& words)
{
    std::vector<char*> list;
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    return list;
}

[[noreturn]] void becomeHook(
    const oci::Hook& hook, const Fd& input, const std::vector<char*>& argv, char* const* envp)
{
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // Its own group: a timeout takes its children as well.
    ::setpgid(0, 0);
    ::dup2(input.get(), STDIN_FILENO);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(hook.path.c_str(), argv.data(), envp);
    ::_exit(errno == ENOENT ? 127 : 126);
}

Result<int> waitFor(pid_t pid, int timeoutMs)
{
    const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended { handle.get(), POLLIN, 0 };
    int ready = 1;
    if (handle.isOpen() && timeoutMs >= 0) {
        do
            ready = ::poll(&ended, 1, timeoutMs);
        while (ready < 0 && errno == EINTR);
    }
    if (ready == 0) {
        ::kill(-pid, SIGKILL);
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return errnoError(errno, "wait for hook");
    }
    if (ready == 0)
        return makeError(Errc::Unavailable,
            "took longer than its timeout of " + std::to_string(timeoutMs / 1000) + " s");
    return status;
}

Result<void> runHook(const oci::Hook& hook, const std::string& state, HookEnv env)
{
    PL_TRY(const auto input, stateFile(state));
    const std::vector<std::string> words =
        hook.args.empty() ? std::vector<std::string> { hook.path } : hook.args;
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> envp = pointers(hook.env);
    const bool isInherited = hook.env.empty() && env == HookEnv::Inherited;
    const pid_t pid = ::fork();
    if (pid < 0)
        return errnoError(errno, "fork");
    if (pid == 0)
        becomeHook(hook, input, argv, isInherited ? environ : envp.data());
    int timeoutMs = -1;
    if (hook.timeoutSeconds)
        timeoutMs =
            static_cast<int>(std::min<std::int64_t>(*hook.timeoutSeconds, INT_MAX / 1000) * 1000);
    PL_TRY(const int status, waitFor(pid, timeoutMs));
    if (WIFSIGNALED(status))
        return makeError(Errc::Internal, "was ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) == 127 && ::access(hook.path.c_str(), F_OK) != 0)
        return errnoError(errno, "execute it");
    if (WEXITSTATUS(status) != 0)
        return makeError(Errc::Internal, "exited with code " + std::to_string(WEXITSTATUS(status)));
    return success();
}

Error hookError(Error error, std::string_view kind, const oci::Hook& hook)
{
    return withContext(std::move(error), std::string(kind) + " hook '" + hook.path + "'");
}

} // namespace

Result<void> runHooks(const std::vector<oci::Hook>& hooks, std::string_view kind,
    const std::string& state, HookEnv env)
{
    for (const oci::Hook& hook : hooks) {
        if (auto done = runHook(hook, state, env); !done)
            return hookError(done.error(), kind, hook);
    }
    return success();
}

std::vector<Error> runAllHooks(
    const std::vector<oci::Hook>& hooks, std::string_view kind, const std::string& state)
{
    std::vector<Error> failures;
    for (const oci::Hook& hook : hooks) {
        if (auto done = runHook(hook, state, HookEnv::Inherited); !done)
            failures.push_back(hookError(done.error(), kind, hook));
    }
    return failures;
}

} // namespace portlight::runtime
