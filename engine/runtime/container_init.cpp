#include "engine/runtime/container_init.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/devices.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/masked_paths.h"
#include "engine/runtime/mounts.h"
#include "engine/runtime/privileges.h"
#include "engine/runtime/process_attributes.h"
#include "engine/runtime/program_start.h"
#include "engine/runtime/root_paths.h"
#include "engine/runtime/rootfs.h"
#include "engine/runtime/start_channel.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace portlight::runtime {

namespace {

constexpr unsigned kFirstOther = 3; // behind the standard streams

/// The steps in their order; m_stage names the one that is under way.
class ContainerInit {
public:
    ContainerInit(const InitPlan& plan, Fd channel)
        : m_plan(plan)
        , m_config(plan.bundle->config)
        , m_process(*plan.process)
        , m_start(*plan.process, plan.seccomp)
        , m_channel(std::move(channel))
    {
    }
    [[noreturn]] void run();

private:
    Result<void> setUp();
    Result<void> lead();
    Result<void> enterNamespaces();
    Result<void> buildRoot();
    Result<void> runCreationHooks();
    std::string stateText(Status status) const;
    Result<void> nameHost();
    Result<void> joinCgroup();
    Result<void> guardRoot();
    Result<void> connectStdio();
    Result<void> handOverListener();
    Result<void> awaitStart();
    Result<void> runProgram();
    [[noreturn]] void fail(const Error& error);

    bool hasNew(int flag) const
    {
        return (m_plan.namespaces.cloneFlags & static_cast<std::uint64_t>(flag)) != 0;
    }

    const InitPlan& m_plan;
    const oci::RuntimeConfig& m_config;
    const oci::Process& m_process;
    ProgramStart m_start;
    Fd m_channel;
    Fd m_root;
    Console m_console;
    bool m_hasJoinedGroup = false;
    pid_t m_pid = 0; ///< as the host's procfs numbers this process
    const char* m_stage = nullptr; ///< null: m_start knows
};

Result<void> ContainerInit::lead()
{
    // No container without its shim. An unprivileged creator has to write this process's id maps
    // before it hides.
    PL_TRY(m_start.lead(true, !hasNew(CLONE_NEWUSER)));
    m_stage = "process";
    // Not the creator's: it may hold secrets of its session. keyrings(7).
    if (m_plan.settings->hasNewKeyring
        && ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 && errno != ENOSYS)
        return errnoError(errno, "make session keyring");
    // This process as its creator sees it; "/proc" is still the host's.
    char own[32] {};
    if (::readlink("/proc/self", own, sizeof own - 1) > 0)
        m_pid = static_cast<pid_t>(std::strtol(own, nullptr, 10));
    return success();
}

Result<void> ContainerInit::enterNamespaces()
{
    m_stage = "namespaces";
    if (hasNew(CLONE_NEWUSER)) {
        PL_TRY(awaitMessage(m_channel, StartMessage::MapsWritten));
        PL_TRY(ProgramStart::hide());
    }
    if (!m_plan.namespaces.mustJoinFirst()) {
        PL_TRY(joinNamespaces(m_plan.namespaces));
    }
    if (hasNew(CLONE_NEWUSER) || m_plan.namespaces.joins(CLONE_NEWUSER)) {
        // EINVAL: a map without 0. The capabilities are there all the same.
        if ((::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) && errno != EINVAL)
            return errnoError(errno, "become root of the user namespace");
        PL_TRY(ProgramStart::hide());
    }
    if (m_plan.namespaces.hasNewTime) {
        PL_TRY(unshareTime(m_config.linuxConfig.timeOffsets));
    }
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
    PL_TRY(isolateMounts(*m_plan.bundle));
    PL_TRY(m_root, mountRoot(*m_plan.bundle));
    m_stage = "mounts";
    PL_TRY(
        mountAll(m_root, *m_plan.bundle, m_plan.preparedMounts, [this] { return joinCgroup(); }));
    m_stage = "devices";
    PL_TRY(makeDevices(m_root, m_config, m_plan.preparedDevices));
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

std::string ContainerInit::stateText(Status status) const
{
    return dumpJson(toJson(ContainerState {
        m_plan.settings->id, status, m_pid, m_plan.bundle->path, m_config.annotations }));
}

// The root is complete, and the host's files can still be reached: hooks of both sides want that.
Result<void> ContainerInit::runCreationHooks()
{
    m_stage = "hooks";
    const oci::Hooks& hooks = m_config.hooks;
    if (!hooks.prestart.empty() || !hooks.createRuntime.empty()) {
        PL_TRY(sendMessage(m_channel, StartMessage::RunHooks));
        PL_TRY(awaitMessage(m_channel, StartMessage::HooksDone));
    }
    if (hooks.createContainer.empty())
        return success();
    return runHooks(hooks.createContainer, "createContainer", stateText(Status::Creating));
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
    PL_TRY(runCreationHooks());
    m_stage = "rootfs";
    PL_TRY(enterRoot(m_root, m_config, m_plan.settings->usesPivotRoot));
    m_root.reset();
    return success();
}

Result<void> ContainerInit::connectStdio()
{
    m_stage = "stdio";
    if (m_process.hasTerminal)
        return takeConsole(m_console.peer, m_process.user.uid);
    m_stage = nullptr;
    return m_start.connectStreams(m_plan.settings->streams);
}

Result<void> ContainerInit::handOverListener()
{
    const Fd listener = m_start.takeListener();
    if (!listener.isOpen())
        return success();
    m_stage = "seccomp";
    PL_TRY(sendMessage(m_channel, StartMessage::Listener, listener.get()));
    return awaitMessage(m_channel, StartMessage::ListenerSent);
}

// From the creator, or from whoever starts what a creator that is gone has left.
Result<void> ContainerInit::awaitStart()
{
    m_stage = "start";
    const int listener = m_plan.settings->startSocket;
    if (listener >= 0 && ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) != 0)
        return errnoError(errno, "outlive the creator");
    PL_TRY(sendMessage(m_channel, StartMessage::Created));
    if (listener < 0)
        return awaitMessage(m_channel, StartMessage::Start);
    for (;;) {
        int raw = -1;
        do
            raw = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        while (raw < 0 && errno == EINTR);
        if (raw < 0)
            return errnoError(errno, "wait for start");
        m_channel = Fd(raw);
        auto started = awaitMessage(m_channel, StartMessage::Start);
        if (started || started.error().code != Errc::Cancelled)
            return started;
    }
}

Result<void> ContainerInit::runProgram()
{
    m_stage = "personality";
    PL_TRY(applyExecutionDomain(m_config.linuxConfig));
    m_stage = nullptr;
    PL_TRY(m_start.prepare());
    PL_TRY(handOverListener());
    PL_TRY(awaitStart());
    m_stage = "hooks";
    // Run by what is in the image: it gets nothing of this process's.
    PL_TRY(runHooks(
        m_config.hooks.startContainer, "startContainer", stateText(Status::Created), HookEnv::Own));
    m_stage = nullptr;
    return m_start.execute(kFirstOther + m_plan.settings->preservedFds);
}

Result<void> ContainerInit::setUp()
{
    PL_TRY(lead());
    PL_TRY(enterNamespaces());
    PL_TRY(buildRoot());
    PL_TRY(nameHost());
    PL_TRY(guardRoot());
    PL_TRY(connectStdio());
    return runProgram();
}

void ContainerInit::fail(const Error& error)
{
    const std::string stage = m_stage != nullptr ? m_stage : m_start.stage();
    const bool isExec = stage == "exec" && error.sysErrno != 0;
    sendFailure(m_channel,
        StartFailure {
            stage, error.sysErrno, error.message, isExec ? exitCodeForExec(error.sysErrno) : 128 });
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
