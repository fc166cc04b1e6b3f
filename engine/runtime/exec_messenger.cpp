#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"
#include "engine/runtime/exec_process.h"
#include "engine/runtime/privileges.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace portlight::runtime {

namespace {

constexpr unsigned kFirstOther = 3; // behind the standard streams

/// The messenger and, after its clone, the process; m_stage names the step that is under way.
class ExecStart {
public:
    ExecStart(ExecPlan& plan, int namespaces, Fd channel)
        : m_plan(plan)
        , m_namespaces(namespaces)
        , m_channel(std::move(channel))
        , m_start(plan.process, plan.seccomp)
    {
    }
    [[noreturn]] void run();

private:
    Result<void> deliver();
    void closeOthers();
    Result<void> enterContainer();
    Result<void> openConsole();
    Result<void> spawn();
    [[noreturn]] void becomeProcess();
    Result<void> setUpProcess();
    [[noreturn]] void fail(const Error& error);

    ExecPlan& m_plan;
    int m_namespaces;
    Fd m_channel;
    Console m_console;
    ProgramStart m_start;
    const char* m_stage = "process"; ///< null: m_start knows
};

// What the creator has open is its own business: sockets, logs, directories of the host.
void ExecStart::closeOthers()
{
    std::vector<unsigned> kept { static_cast<unsigned>(m_channel.get()) };
    for (const int stream : { m_plan.streams.input, m_plan.streams.output, m_plan.streams.error,
             m_plan.targetPidFd->get() }) {
        if (stream >= 0)
            kept.push_back(static_cast<unsigned>(stream));
    }
    std::sort(kept.begin(), kept.end());
    unsigned from = kFirstOther + m_plan.preserved;
    for (const unsigned each : kept) {
        if (each > from)
            ::syscall(SYS_close_range, from, each - 1, 0U);
        from = std::max(from, each + 1);
    }
    ::syscall(SYS_close_range, from, ~0U, 0U);
}

Result<void> ExecStart::enterContainer()
{
    m_stage = "security labels";
    PL_TRY(applySecurityLabels(m_plan.process)); // through the host's /proc
    m_stage = "namespaces";
    if (m_namespaces != 0 && ::setns(m_plan.targetPidFd->get(), m_namespaces) != 0)
        return errnoError(errno, "join the container's namespaces");
    if ((m_namespaces & CLONE_NEWUSER) != 0
        && (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0))
        return errnoError(errno, "become root of the user namespace");
    // Joining the mount namespace has made its root ours; without an own one the root is the
    // target's all the same where it was changed by chroot(2), which no container here has.
    if (::chdir("/") != 0)
        return errnoError(errno, "enter '/'");
    return success();
}

Result<void> ExecStart::openConsole()
{
    if (!m_plan.process.hasTerminal)
        return success();
    m_stage = "console";
    PL_TRY(const auto root, openFile("/", O_PATH | O_DIRECTORY));
    PL_TRY(m_console, openTerminal(root, m_plan.process.consoleSize));
    PL_TRY(sendMessage(m_channel, StartMessage::Console, m_console.master.get()));
    m_console.master.reset();
    return success();
}

Result<void> ExecStart::spawn()
{
    m_stage = "process";
    ::close(m_plan.targetPidFd->get()); // the process has no use for it, and shows what it has open
    int rawPidFd = -1;
    clone_args arguments {};
    arguments.flags = CLONE_PARENT | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&rawPidFd);
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0)
        return errnoError(errno, "make the process");
    if (pid == 0)
        becomeProcess();
    const Fd pidFd(rawPidFd);
    return sendSpawned(m_channel, static_cast<pid_t>(pid), pidFd);
}

Result<void> ExecStart::setUpProcess()
{
    m_stage = nullptr;
    PL_TRY(m_start.lead(m_plan.diesWithCreator));
    m_stage = "user";
    if (m_plan.complete) {
        PL_TRY(m_plan.complete(m_plan.process));
    }
    if (m_plan.process.hasTerminal) {
        m_stage = "console";
        PL_TRY(takeConsole(m_console.peer, m_plan.process.user.uid));
    } else {
        m_stage = nullptr;
        PL_TRY(m_start.connectStreams(m_plan.streams));
    }
    m_stage = nullptr;
    PL_TRY(m_start.prepare());
    PL_TRY(awaitMessage(m_channel, StartMessage::Start));
    if (const Fd listener = m_start.takeListener(); listener.isOpen()) {
        m_stage = "seccomp";
        PL_TRY(sendMessage(m_channel, StartMessage::Listener, listener.get()));
        PL_TRY(awaitMessage(m_channel, StartMessage::ListenerSent));
        m_stage = nullptr;
    }
    return m_start.execute(kFirstOther + m_plan.preserved);
}

void ExecStart::becomeProcess()
{
    const auto done = setUpProcess();
    fail(done.error()); // execve does not come back
}

Result<void> ExecStart::deliver()
{
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return errnoError(errno, "hide from ptrace");
    closeOthers();
    m_stage = "cgroup";
    PL_TRY(awaitMessage(m_channel, StartMessage::GroupJoined));
    PL_TRY(enterContainer());
    PL_TRY(openConsole());
    return spawn();
}

void ExecStart::fail(const Error& error)
{
    const std::string stage = m_stage != nullptr ? m_stage : m_start.stage();
    sendFailure(m_channel, execFailureOf(stage, error));
    ::_exit(1);
}

void ExecStart::run()
{
    const auto delivered = deliver();
    if (!delivered)
        fail(delivered.error());
    ::_exit(0);
}

} // namespace

void runExecMessenger(ExecPlan& plan, int namespaces, Fd channel)
{
    ExecStart(plan, namespaces, std::move(channel)).run();
}

} // namespace portlight::runtime
