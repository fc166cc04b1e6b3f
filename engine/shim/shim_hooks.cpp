#include "engine/base/syscalls.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/hooks.h"
#include "engine/shim/shim.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

// The hooks around the container's life. They run in a process of their own: while one takes its
// time, the container's output is read and clients are served.
namespace portlight::shim {

namespace {

[[noreturn]] void runInChild(const std::vector<oci::Hook>& hooks, const std::string& kind,
    const std::string& state, const std::string& logPath)
{
    ::syscall(SYS_close_range, 3U, ~0U, 0U); // clients' connections end with the shim alone
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int log = ::open(logPath.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    if (log >= 0)
        ::dup2(log, STDERR_FILENO);
    for (const Error& failure : runtime::runAllHooks(hooks, kind, state)) {
        const std::string line = failure.message + "\n";
        (void)::write(STDERR_FILENO, line.data(), line.size());
    }
    ::_exit(0);
}

} // namespace

// One that fails is told in S/shim.log and changes nothing more: the container runs, or has ended,
// by then (config.md, Poststart and Poststop).
void Shim::runHooks(const std::vector<oci::Hook>& hooks, const std::string& kind,
    runtime::Status status, std::function<void()> next)
{
    if (hooks.empty() || m_foreign) // another runtime runs them itself
        return next();
    const std::string state = dumpJson(toJson(runtime::ContainerState { m_containerId, status,
        status == runtime::Status::Running ? m_record.pid : 0, m_bundle.path,
        m_bundle.config.annotations }));
    const pid_t pid = ::fork();
    if (pid == 0)
        runInChild(hooks, kind, state, m_options.stateDir + "/shim.log");
    if (pid < 0)
        return next();
    m_hookRun = HookRun { pid, std::move(next) };
}

bool Shim::onHooksExit(pid_t pid)
{
    if (!m_hookRun || m_hookRun->pid != pid)
        return false;
    const auto next = std::move(m_hookRun->next);
    m_hookRun.reset();
    next();
    return true;
}

} // namespace portlight::shim
