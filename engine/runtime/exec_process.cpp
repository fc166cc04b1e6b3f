#include "engine/runtime/exec_process.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/exec.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::runtime {

namespace {

struct NamespaceFile {
    const char* name;
    int flag;
};

constexpr NamespaceFile kNamespaces[] { { "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },
    { "pid", CLONE_NEWPID }, { "net", CLONE_NEWNET }, { "ipc", CLONE_NEWIPC },
    { "uts", CLONE_NEWUTS }, { "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME } };

constexpr int kDefaultExitCode = 126;

bool hasEnded(const Fd& pidFd)
{
    return ::syscall(SYS_pidfd_send_signal, pidFd.get(), 0, nullptr, 0) != 0 && errno == ESRCH;
}

// True when @p pidFd is of a child of this process, which has the number @p pid.
bool isOwnChild(pid_t pid, const Fd& pidFd)
{
    siginfo_t info {};
    if (::waitid(P_PIDFD, static_cast<id_t>(pidFd.get()), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return false;
    const auto text = readFile("/proc/self/fdinfo/" + std::to_string(pidFd.get()));
    return text && text.value().find("\nPid:\t" + std::to_string(pid) + "\n") != std::string::npos;
}

// Before Linux 5.7 clone3 does not know CLONE_INTO_CGROUP; the group is joined by number then.
long cloneMessenger(const Fd& groupDirectory)
{
    clone_args arguments {};
    arguments.exit_signal = SIGCHLD;
    if (groupDirectory.isOpen()) {
        arguments.flags = CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(groupDirectory.get());
        const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
        if (pid >= 0 || (errno != EINVAL && errno != EBUSY && errno != EOPNOTSUPP))
            return pid;
        arguments.flags = 0;
        arguments.cgroup = 0;
    }
    return ::syscall(SYS_clone3, &arguments, sizeof arguments);
}

} // namespace

Result<int> namespacesApart(pid_t pid, const Fd& pidFd)
{
    int apart = 0;
    const std::string theirs = "/proc/" + std::to_string(pid) + "/ns/";
    for (const NamespaceFile& each : kNamespaces) {
        struct stat own {};
        struct stat other {};
        if (::stat((std::string("/proc/self/ns/") + each.name).c_str(), &own) != 0)
            continue; // a kernel without this kind
        if (::stat((theirs + each.name).c_str(), &other) != 0)
            return errnoError(errno, "look at the container's namespaces");
        if (own.st_ino != other.st_ino || own.st_dev != other.st_dev)
            apart |= each.flag;
    }
    // Until here the number has named the same process.
    if (hasEnded(pidFd))
        return makeError(Errc::NotFound, "the container has ended");
    return apart;
}

Result<ExecProcess> ExecProcess::create(
    ExecPlan& plan, cgroup::Driver* driver, const std::string& group, std::string& stage)
{
    stage = "namespaces";
    PL_TRY(const int namespaces, namespacesApart(plan.target, *plan.targetPidFd));
    stage = "process";
    PL_TRY(auto channel, makeChannel());
    Fd groupDirectory;
    if (driver != nullptr) {
        if (auto directory = driver->openForClone(group))
            groupDirectory = std::move(directory).value();
    }
    const long pid = cloneMessenger(groupDirectory);
    if (pid < 0)
        return errnoError(errno, "make a process");
    if (pid == 0) {
        channel.creator.reset();
        runExecMessenger(plan, namespaces, std::move(channel.process));
    }
    const auto joined = [&]() -> Result<void> {
        stage = "cgroup";
        if (driver != nullptr) {
            PL_TRY(driver->addProcess(group, static_cast<pid_t>(pid)));
        }
        return sendMessage(channel.creator, StartMessage::GroupJoined);
    }();
    // A messenger that has ended by itself tells why through the channel.
    const bool isGone =
        !joined && (joined.error().sysErrno == ESRCH || joined.error().sysErrno == EPIPE);
    if (!joined && !isGone) {
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        while (::waitpid(static_cast<pid_t>(pid), nullptr, 0) < 0 && errno == EINTR) { }
        return joined.error();
    }
    return ExecProcess(static_cast<pid_t>(pid), std::move(channel.creator));
}

Result<ExecProcess> ExecProcess::ofMessenger(Fd channel)
{
    const auto joined = sendMessage(channel, StartMessage::GroupJoined);
    if (!joined && joined.error().sysErrno != EPIPE)
        return joined.error();
    return ExecProcess(-1, std::move(channel));
}

Result<std::optional<ReceivedMessage>> ExecProcess::receive()
{
    PL_TRY(auto received, receiveMessage(m_channel));
    if (received && received->message == StartMessage::Spawned && !received->isEnd) {
        // A container that may look into its processes can send over their channel, too. And one
        // that is reaped already has told its failure.
        if (m_pid > 0 || !isOwnChild(received->pid, received->attachment))
            return std::optional<ReceivedMessage>();
        m_pid = received->pid;
        m_pidFd = std::move(received->attachment);
        const auto started = sendMessage(m_channel, StartMessage::Start);
        if (!started && started.error().sysErrno != EPIPE)
            return started.error();
    }
    return received;
}

StartFailure execFailureOf(const std::string& stage, const Error& error)
{
    const bool isProgram = stage == "exec" && error.sysErrno != 0;
    return StartFailure { stage, error.sysErrno, error.message,
        isProgram ? exitCodeForExec(error.sysErrno) : kDefaultExitCode };
}

} // namespace portlight::runtime
