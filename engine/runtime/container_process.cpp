#include "engine/runtime/container_process.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/container_init.h"
#include "engine/runtime/id_map.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::runtime {

namespace {

// Before Linux 5.7 clone3 does not know CLONE_INTO_CGROUP; the group is joined by number then.
long cloneProcess(std::uint64_t flags, const Fd& groupDirectory, int& pidFd)
{
    clone_args arguments {};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&pidFd);
    arguments.exit_signal = SIGCHLD;
    if (groupDirectory.isOpen()) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(groupDirectory.get());
        const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
        if (pid >= 0 || (errno != EINVAL && errno != EBUSY && errno != EOPNOTSUPP))
            return pid;
        arguments.flags &= ~static_cast<std::uint64_t>(CLONE_INTO_CGROUP);
        arguments.cgroup = 0;
    }
    return ::syscall(SYS_clone3, &arguments, sizeof arguments);
}

// Children of this process are made in @p space while this object lives.
class ChildPidNamespace {
public:
    static Result<ChildPidNamespace> enter(const Fd& space)
    {
        if (!space.isOpen())
            return ChildPidNamespace(Fd());
        PL_TRY(auto own, openFile("/proc/self/ns/pid", O_RDONLY));
        if (::setns(space.get(), CLONE_NEWPID) != 0)
            return errnoError(errno, "join pid namespace");
        return ChildPidNamespace(std::move(own));
    }
    ChildPidNamespace(ChildPidNamespace&&) noexcept = default;
    ChildPidNamespace& operator=(ChildPidNamespace&&) = delete;
    ~ChildPidNamespace()
    {
        if (m_own.isOpen())
            (void)::setns(m_own.get(), CLONE_NEWPID);
    }

private:
    explicit ChildPidNamespace(Fd own)
        : m_own(std::move(own))
    {
    }
    Fd m_own;
};

Result<InitPlan> makePlan(const Bundle& bundle, const StandardStreams& streams, std::string& stage)
{
    InitPlan plan;
    stage = "config";
    if (!bundle.config.process)
        return makeError(Errc::InvalidArgument, "config.json has no process");
    plan.bundle = &bundle;
    plan.process = &*bundle.config.process;
    stage = "namespaces";
    PL_TRY(plan.namespaces, planNamespaces(bundle.config.linuxConfig));
    stage = "seccomp";
    if (!bundle.launch.seccompBpf.empty()) {
        PL_TRY(plan.seccomp, loadSeccomp(bundle.launch.seccompBpf));
    }
    plan.standardInput = streams.input;
    plan.standardOutput = streams.output;
    plan.standardError = streams.error;
    return plan;
}

} // namespace

Result<ContainerProcess> ContainerProcess::create(const Bundle& bundle, cgroup::Driver& driver,
    const std::string& group, const StandardStreams& streams, std::string& stage)
{
    PL_TRY(const auto plan, makePlan(bundle, streams, stage));
    stage = "cgroup";
    PL_TRY(driver.create(group, bundle.config.linuxConfig.resources));
    Fd groupDirectory;
    if (auto directory = driver.openForClone(group))
        groupDirectory = std::move(directory).value();
    stage = "namespaces";
    PL_TRY(auto channel, makeChannel());
    PL_TRY(const auto pidNamespace, ChildPidNamespace::enter(plan.namespaces.pid));
    int rawPidFd = -1;
    const long pid = cloneProcess(plan.namespaces.cloneFlags, groupDirectory, rawPidFd);
    if (pid < 0)
        return errnoError(errno, "make the container's process");
    if (pid == 0) {
        channel.creator.reset();
        runContainerInit(plan, std::move(channel.process));
    }
    ContainerProcess process(static_cast<pid_t>(pid), Fd(rawPidFd), std::move(channel.creator));
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
    if (hasNewUser) {
        stage = "user namespace";
        PL_TRY(writeIdMaps(m_pid, bundle.config.linuxConfig));
        PL_TRY(sendMessage(m_channel, StartMessage::MapsWritten));
    }
    stage = "oom score";
    if (const auto& score = bundle.config.process->oomScoreAdj) {
        auto written = writeExisting(
            "/proc/" + std::to_string(m_pid) + "/oom_score_adj", std::to_string(*score));
        // Lowering it needs CAP_SYS_RESOURCE, which engines in user namespaces do not have.
        if (!written && written.error().code != Errc::Forbidden)
            return written;
    }
    stage = "cgroup";
    PL_TRY(driver.addProcess(group, m_pid));
    return sendMessage(m_channel, StartMessage::GroupJoined);
}

} // namespace portlight::runtime
