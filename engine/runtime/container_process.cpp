#include "engine/runtime/container_process.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/container_init.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/id_map.h"
#include "engine/runtime/net_devices.h"
#include "engine/runtime/seccomp_listener.h"
#include "engine/runtime/support_check.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::runtime {

namespace {

struct ClonedProcess {
    pid_t pid = -1;
    Fd pidFd;
};

// Before Linux 5.7 clone3 does not know CLONE_INTO_CGROUP; the group is joined by number then.
long cloneProcess(std::uint64_t flags, const Fd& groupDirectory, int& pidFd)
{
    clone_args arguments {};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidFd);
    if ((flags & CLONE_PARENT) == 0) // there it is the parent's own
        arguments.exit_signal = SIGCHLD;
    if (groupDirectory.isOpen()) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(groupDirectory.get());
        const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
        if (pid >= 0
            || (errno != EINVAL && errno != EBUSY && errno != EOPNOTSUPP && errno != EACCES
                && errno != EBADF))
            return pid;
        arguments.flags &= ~static_cast<std::uint64_t>(CLONE_INTO_CGROUP);
        arguments.cgroup = 0;
    }
    return ::syscall(SYS_clone3, &arguments, sizeof arguments);
}

// Enters what has to be entered before the clone, clones and ends: in a process of its own, so that
// the creator stays where it is. The container's process becomes the creator's child all the same
// (CLONE_PARENT). Only the pid comes back, through @p answer.
[[noreturn]] void cloneFromWithin(
    const InitPlan& plan, Fd channel, const Fd& groupDirectory, const Fd& answer)
{
    // What a namespace that is joined holds may not look into this process.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    long result = 0;
    if (const auto joined = joinNamespaces(plan.namespaces); !joined)
        result = -joined.error().sysErrno;
    else if (plan.namespaces.pid.isOpen() && ::setns(plan.namespaces.pid.get(), CLONE_NEWPID) != 0)
        result = -errno;
    if (result == 0) {
        int pidFd = -1;
        result = cloneProcess(plan.namespaces.cloneFlags | CLONE_PARENT, groupDirectory, pidFd);
        if (result == 0) {
            ::close(groupDirectory.get());
            runContainerInit(plan, std::move(channel));
        }
        if (result < 0)
            result = -errno;
    }
    (void)::write(answer.get(), &result, sizeof result);
    ::_exit(0);
}

Result<ClonedProcess> cloneAfterJoining(
    const InitPlan& plan, ChannelPair& channel, const Fd& groupDirectory)
{
    PL_TRY(auto pipe, makePipe());
    const pid_t helper = ::fork();
    if (helper < 0)
        return errnoError(errno, "fork");
    if (helper == 0) {
        channel.creator.reset();
        pipe.read.reset();
        cloneFromWithin(plan, std::move(channel.process), groupDirectory, pipe.write);
    }
    pipe.write.reset();
    long result = -EPIPE;
    ssize_t got = -1;
    do
        got = ::read(pipe.read.get(), &result, sizeof result);
    while (got < 0 && errno == EINTR);
    while (::waitpid(helper, nullptr, 0) < 0 && errno == EINTR) { }
    if (got != sizeof result)
        return makeError(Errc::Internal, "the process that enters namespaces ended early");
    if (result < 0)
        return errnoError(static_cast<int>(-result), "join the namespaces given by path");
    Fd pidFd(static_cast<int>(::syscall(SYS_pidfd_open, result, 0)));
    if (!pidFd.isOpen())
        return errnoError(errno, "open the container's process");
    return ClonedProcess { static_cast<pid_t>(result), std::move(pidFd) };
}

Result<ClonedProcess> cloneContainer(
    const InitPlan& plan, ChannelPair& channel, const Fd& groupDirectory)
{
    if (plan.namespaces.mustJoinFirst())
        return cloneAfterJoining(plan, channel, groupDirectory);
    int rawPidFd = -1;
    const long pid = cloneProcess(plan.namespaces.cloneFlags, groupDirectory, rawPidFd);
    if (pid < 0)
        return errnoError(errno, "make the container's process");
    if (pid == 0) {
        channel.creator.reset();
        ::close(groupDirectory.get()); // the host's directory is no business of the container's
        runContainerInit(plan, std::move(channel.process));
    }
    return ClonedProcess { static_cast<pid_t>(pid), Fd(rawPidFd) };
}

Result<InitPlan> makePlan(const Bundle& bundle, const CreateSettings& settings, std::string& stage)
{
    InitPlan plan;
    stage = "config";
    if (!bundle.config.process)
        return makeError(Errc::InvalidArgument, "config.json has no process");
    PL_TRY(checkSupported(bundle.config));
    plan.bundle = &bundle;
    plan.process = &*bundle.config.process;
    plan.settings = &settings;
    stage = "namespaces";
    PL_TRY(plan.namespaces, planNamespaces(bundle.config.linuxConfig));
    stage = "mounts";
    PL_TRY(plan.preparedMounts, prepareMounts(bundle));
    stage = "devices";
    PL_TRY(plan.preparedDevices, prepareDevices(bundle.config.linuxConfig));
    stage = "seccomp";
    plan.seccomp = settings.seccomp;
    if (plan.seccomp.instructions.empty() && !bundle.launch.seccompBpf.empty()) {
        PL_TRY(plan.seccomp, loadSeccomp(bundle.launch.seccompBpf));
    }
    return plan;
}

} // namespace

ContainerProcess::ContainerProcess(pid_t pid, Fd pidFd, Fd channel, ContainerState state,
    const oci::RuntimeConfig& config, const SeccompFilter& seccomp)
    : m_pid(pid)
    , m_pidFd(std::move(pidFd))
    , m_channel(std::move(channel))
    , m_state(std::move(state))
    , m_hooks(config.hooks)
    , m_listenerPath(seccomp.listenerPath)
    , m_listenerMetadata(seccomp.listenerMetadata)
{
}

ContainerProcess ContainerProcess::adopt(pid_t pid, Fd pidFd)
{
    return ContainerProcess(pid, std::move(pidFd), Fd(), ContainerState(), {}, {});
}

Result<ContainerProcess> ContainerProcess::create(const Bundle& bundle, cgroup::Driver& driver,
    const std::string& group, const CreateSettings& settings, std::string& stage)
{
    PL_TRY(const auto plan, makePlan(bundle, settings, stage));
    stage = "cgroup";
    PL_TRY(driver.create(group, bundle.config.linuxConfig.resources));
    Fd groupDirectory; // without one the process is only moved
    if (auto directory = driver.openForClone(group))
        groupDirectory = std::move(directory).value();
    stage = "namespaces";
    PL_TRY(auto channel, makeChannel());
    PL_TRY(auto cloned, cloneContainer(plan, channel, groupDirectory));
    channel.process.reset();
    ContainerState state { settings.id, Status::Creating, cloned.pid, bundle.path,
        bundle.config.annotations };
    ContainerProcess process(cloned.pid, std::move(cloned.pidFd), std::move(channel.creator),
        std::move(state), bundle.config, plan.seccomp);
    auto finished = process.finishCreation(
        bundle, driver, group, (plan.namespaces.cloneFlags & CLONE_NEWUSER) != 0, stage);
    // A process that has ended by itself tells why through the channel.
    const bool isGone =
        !finished && (finished.error().sysErrno == ESRCH || finished.error().sysErrno == EPIPE);
    if (!finished && !isGone) {
        ::kill(process.m_pid, SIGKILL);
        while (::waitpid(process.m_pid, nullptr, 0) < 0 && errno == EINTR) { }
        return finished.error();
    }
    return process;
}

Result<void> ContainerProcess::finishCreation(const Bundle& bundle, cgroup::Driver& driver,
    const std::string& group, bool hasNewUser, std::string& stage) const
{
    const oci::LinuxConfig& config = bundle.config.linuxConfig;
    stage = "oom score";
    if (const auto& score = bundle.config.process->oomScoreAdj) {
        auto written = writeExisting(
            "/proc/" + std::to_string(m_pid) + "/oom_score_adj", std::to_string(*score));
        // Lowering it needs CAP_SYS_RESOURCE, which engines in user namespaces do not have.
        if (!written && written.error().code != Errc::Forbidden)
            return written;
    }
    if (hasNewUser) {
        stage = "user namespace";
        PL_TRY(writeIdMaps(m_pid, config.uidMappings, config.gidMappings));
        PL_TRY(sendMessage(m_channel, StartMessage::MapsWritten));
    }
    stage = "cgroup";
    PL_TRY(driver.addProcess(group, m_pid));
    stage = "network devices";
    PL_TRY(moveNetDevices(config, m_pid));
    return sendMessage(m_channel, StartMessage::GroupJoined);
}

Result<std::optional<ReceivedMessage>> ContainerProcess::receive()
{
    PL_TRY(auto received, receiveMessage(m_channel));
    if (!received || received->isEnd)
        return received;
    if (received->message != StartMessage::RunHooks && received->message != StartMessage::Listener)
        return received;
    auto served = serve(*received);
    if (served)
        return std::optional<ReceivedMessage>();
    received->message = StartMessage::Failed;
    received->failure =
        StartFailure { "hooks", served.error().sysErrno, served.error().message, 128 };
    return received;
}

Result<void> ContainerProcess::serve(const ReceivedMessage& request)
{
    if (request.message == StartMessage::Listener) {
        PL_TRY(sendSeccompListener(
            m_listenerPath, request.attachment, m_pid, m_state, m_listenerMetadata));
        return sendMessage(m_channel, StartMessage::ListenerSent);
    }
    const std::string state = dumpJson(toJson(m_state));
    PL_TRY(runHooks(m_hooks.prestart, "prestart", state));
    PL_TRY(runHooks(m_hooks.createRuntime, "createRuntime", state));
    return sendMessage(m_channel, StartMessage::HooksDone);
}

} // namespace portlight::runtime
