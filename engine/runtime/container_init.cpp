#include "engine/runtime/container_init.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"
#include "engine/runtime/devices.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/mounts.h"
#include "engine/runtime/privileges.h"
#include "engine/runtime/program_start.h"
#include "engine/runtime/root_paths.h"
#include "engine/runtime/rootfs.h"
#include "engine/runtime/start_channel.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace portlight::runtime {

namespace {

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
    Result<void> enterNamespaces();
    Result<void> buildRoot();
    Result<void> nameHost();
    Result<void> joinCgroup();
    Result<void> guardRoot();
    Result<void> connectStdio();
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
    const char* m_stage = nullptr; ///< null: m_start knows
};

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
    m_stage = nullptr;
    return m_start.connectStreams(
        { m_plan.standardInput, m_plan.standardOutput, m_plan.standardError });
}

Result<void> ContainerInit::runProgram()
{
    m_stage = nullptr;
    PL_TRY(m_start.prepare());
    PL_TRY(sendMessage(m_channel, StartMessage::Created));
    PL_TRY(awaitMessage(m_channel, StartMessage::Start));
    return m_start.execute();
}

Result<void> ContainerInit::setUp()
{
    // No container without its shim.
    PL_TRY(m_start.lead(true));
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
