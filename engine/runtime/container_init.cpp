#include "engine/runtime/container_init.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"
#include "engine/runtime/devices.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/mounts.h"
#include "engine/runtime/privileges.h"
#include "engine/runtime/root_paths.h"
#include "engine/runtime/rootfs.h"
#include "engine/runtime/start_channel.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>

namespace portlight::runtime {

namespace {

/// The steps in their order; m_stage names the one that is under way.
class ContainerInit {
public:
    ContainerInit(const InitPlan& plan, Fd channel)
        : m_plan(plan)
        , m_config(plan.bundle->config)
        , m_process(*plan.process)
        , m_channel(std::move(channel))
    {
    }
    [[noreturn]] void run();

private:
    Result<void> setUp();
    Result<void> becomeLeader();
    Result<void> enterNamespaces();
    Result<void> buildRoot();
    Result<void> nameHost();
    Result<void> joinCgroup();
    Result<void> guardRoot();
    Result<void> connectStdio();
    Result<void> enterDirectory(bool isRetry);
    Result<void> prepareProgram();
    Result<void> runProgram();
    [[noreturn]] void fail(const Error& error);

    bool hasNew(int flag) const
    {
        return (m_plan.namespaces.cloneFlags & static_cast<std::uint64_t>(flag)) != 0;
    }

    const InitPlan& m_plan;
    const oci::RuntimeConfig& m_config;
    const oci::Process& m_process;
    Fd m_channel;
    Fd m_root;
    Console m_console;
    bool m_hasJoinedGroup = false;
    bool m_isInDirectory = false;
    std::string m_program;
    std::vector<std::string> m_env;
    const char* m_stage = "start";
};

Result<void> ContainerInit::becomeLeader()
{
    m_stage = "process";
    // Signals that the creator ignores or blocks are not the container's business.
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(0);
    if (::setsid() < 0)
        return errnoError(errno, "lead a session");
    // No container without its shim; and no look at this process from a namespace it joins, until
    // execve has replaced what it inherited.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return errnoError(errno, "follow the creator");
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return errnoError(errno, "hide from ptrace");
    return success();
}

Result<void> ContainerInit::enterNamespaces()
{
    m_stage = "namespaces";
    if (hasNew(CLONE_NEWUSER)) {
        PL_TRY(awaitMessage(m_channel, StartMessage::MapsWritten));
        if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
            return errnoError(errno, "become root of the user namespace");
    }
    PL_TRY(joinNamespaces(m_plan.namespaces));
    if (hasNew(CLONE_NEWNET)) {
        PL_TRY(bringUpLoopback());
    }
    return success();
}

Result<void> ContainerInit::joinCgroup()
{
    if (m_hasJoinedGroup)
        return success();
    PL_TRY(awaitMessage(m_channel, StartMessage::GroupJoined));
    m_hasJoinedGroup = true;
    if (m_plan.namespaces.hasNewCgroup) {
        PL_TRY(unshareCgroup());
    }
    return success();
}

Result<void> ContainerInit::buildRoot()
{
    m_stage = "rootfs";
    PL_TRY(isolateMounts());
    PL_TRY(m_root, mountRoot(*m_plan.bundle));
    m_stage = "mounts";
    PL_TRY(mountAll(m_root, *m_plan.bundle, [this] { return joinCgroup(); }));
    m_stage = "devices";
    PL_TRY(makeDevices(m_root, m_config));
    m_stage = "working directory";
    auto made = ensureInRoot(m_root, m_process.cwd, PathKind::Directory);
    if (!made)
        return withContext(
            made.error(), "working directory '" + m_process.cwd + "' cannot be used");
    if (m_process.hasTerminal) {
        m_stage = "console";
        PL_TRY(m_console, makeConsole(m_root, m_process.consoleSize));
        PL_TRY(sendMessage(m_channel, StartMessage::Console, m_console.master.get()));
        m_console.master.reset();
    }
    return success();
}

Result<void> ContainerInit::nameHost()
{
    m_stage = "hostname";
    if (!m_config.hostname.empty()
        && ::sethostname(m_config.hostname.c_str(), m_config.hostname.size()) != 0)
        return errnoError(errno, "set hostname '" + m_config.hostname + "'");
    if (!m_config.domainname.empty()
        && ::setdomainname(m_config.domainname.c_str(), m_config.domainname.size()) != 0)
        return errnoError(errno, "set domainname '" + m_config.domainname + "'");
    return success();
}

Result<void> ContainerInit::guardRoot()
{
    m_stage = "security labels";
    PL_TRY(applySecurityLabels(m_process));
    m_stage = "sysctl";
    PL_TRY(applySysctl(m_root, m_config.linuxConfig.sysctl));
    m_stage = "masked paths";
    PL_TRY(protectPaths(m_root, m_config.linuxConfig.readonlyPaths));
    PL_TRY(maskPaths(m_root, m_config.linuxConfig.maskedPaths));
    m_stage = "cgroup";
    PL_TRY(joinCgroup());
    m_stage = "rootfs";
    PL_TRY(enterRoot(m_root, m_config));
    m_root.reset();
    return success();
}

Result<void> ContainerInit::connectStdio()
{
    m_stage = "stdio";
    if (m_process.hasTerminal)
        return takeConsole(m_console.peer, m_process.user.uid);
    const int sources[] { m_plan.standardInput, m_plan.standardOutput, m_plan.standardError };
    for (int target = 0; target <= 2; ++target) {
        struct stat info {};
        if (::fstat(sources[target], &info) != 0 || ::dup2(sources[target], target) < 0)
            return errnoError(errno, "connect standard stream " + std::to_string(target));
        // So that a program which is not root can open /dev/stdout again.
        if (S_ISFIFO(info.st_mode) && m_process.user.uid != 0
            && ::fchown(target, m_process.user.uid, static_cast<gid_t>(-1)) != 0)
            return errnoError(errno, "give away standard stream " + std::to_string(target));
    }
    return success();
}

// Root of the container may enter what its user may not, and the other way round (network file
// systems): the first that works counts. What getcwd(2) then says must be below "/": a directory
// outside of it shows as "(unreachable)…".
Result<void> ContainerInit::enterDirectory(bool isRetry)
{
    if (m_isInDirectory)
        return success();
    m_stage = "working directory";
    const std::string& cwd = m_process.cwd;
    if (::chdir(cwd.c_str()) != 0) {
        if (errno == EACCES && !isRetry)
            return success();
        return errnoError(errno, "chdir to cwd (\"" + cwd + "\") set in config.json failed");
    }
    char path[PATH_MAX];
    if (::syscall(SYS_getcwd, path, sizeof path) < 0 || path[0] != '/')
        return makeError(
            Errc::Forbidden, "working directory '" + cwd + "' is outside of the container");
    m_isInDirectory = true;
    return success();
}

Result<void> ContainerInit::prepareProgram()
{
    m_stage = "rlimits";
    PL_TRY(applyRlimits(m_process.rlimits));
    PL_TRY(enterDirectory(false));
    m_env = withHome(m_process.env, m_process.user.uid);
    ::umask(static_cast<mode_t>(m_process.user.umask.value_or(0022)));
    m_stage = "privileges";
    PL_TRY(dropPrivileges(m_process, m_plan.seccomp));
    // Changing the user has cleared it; and a creator that went meanwhile sends no signal any more.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    PL_TRY(enterDirectory(true));
    m_stage = "exec";
    PL_TRY(m_program, findExecutable(m_process.args.front(), m_env));
    return success();
}

Result<void> ContainerInit::runProgram()
{
    std::vector<char*> argv;
    for (const std::string& argument : m_process.args)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    std::vector<char*> envp;
    for (const std::string& entry : m_env)
        envp.push_back(const_cast<char*>(entry.c_str()));
    envp.push_back(nullptr);
    PL_TRY(sendMessage(m_channel, StartMessage::Created));
    PL_TRY(awaitMessage(m_channel, StartMessage::Start));
    m_stage = "seccomp";
    if (m_process.hasNoNewPrivileges) {
        PL_TRY(installSeccomp(m_plan.seccomp));
    }
    m_stage = "exec";
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(m_program.c_str(), argv.data(), envp.data());
    const int number = errno;
    return Error { Errc::Forbidden, execFailure(m_program, number), number };
}

Result<void> ContainerInit::setUp()
{
    PL_TRY(becomeLeader());
    PL_TRY(enterNamespaces());
    PL_TRY(buildRoot());
    PL_TRY(nameHost());
    PL_TRY(guardRoot());
    PL_TRY(connectStdio());
    PL_TRY(prepareProgram());
    return runProgram();
}

void ContainerInit::fail(const Error& error)
{
    const bool isExec = std::string_view(m_stage) == "exec" && error.sysErrno != 0;
    sendFailure(m_channel,
        StartFailure { m_stage, error.sysErrno, error.message,
            isExec ? exitCodeForExec(error.sysErrno) : 128 });
    ::_exit(1);
}

void ContainerInit::run()
{
    const auto done = setUp();
    fail(done.error()); // execve does not come back
}

} // namespace

void runContainerInit(const InitPlan& plan, Fd channel)
{
    ContainerInit(plan, std::move(channel)).run();
}

} // namespace portlight::runtime
