#include "engine/base/syscalls.h"
#include "engine/oci_cli/exec_options.h"
#include "engine/oci_cli/foreground.h"
#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"
#include "engine/runtime/exec_process.h"
#include "engine/runtime/process_attributes.h"
#include "engine/runtime/seccomp_listener.h"
#include "engine/runtime/seccomp_plan.h"
#include "engine/runtime/unix_socket.h"

#include <linux/keyctl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::oci_cli {

namespace {

/// One exec: the joined process, and who gets its terminal.
class Execution {
public:
    Execution(
        const ExecOptions& options, const ContainerRecord& record, const oci::RuntimeConfig& config)
        : m_options(options)
        , m_record(record)
        , m_config(config)
    {
    }
    /// Until the program runs. Errors: what kept it from that; @p exitCode is then set.
    Result<void> start(const Context& context, int& exitCode);
    Result<int> attend() const { return attendProcess(m_pid, m_pidFd, m_console); }
    pid_t pid() const { return m_pid; }

private:
    Result<void> plan(const Context& context, const Fd& target);
    Result<void> completeInside(oci::Process& process) const;
    Result<void> handOverListener(const runtime::ExecProcess& process, const Fd& listener) const;
    Result<void> awaitProgram(runtime::ExecProcess& process, int& exitCode);

    const ExecOptions& m_options;
    const ContainerRecord& m_record;
    const oci::RuntimeConfig& m_config;
    runtime::ExecPlan m_plan {};
    Fd m_consoleSocket;
    Fd m_console;
    pid_t m_pid = -1;
    Fd m_pidFd;
};

Result<void> useCpus(const std::string& cpus)
{
    if (cpus.empty())
        return success();
    PL_TRY(const auto set, cpuSet(cpus));
    if (::sched_setaffinity(0, sizeof set, &set) != 0)
        return errnoError(errno, "run on CPUs " + cpus);
    return success();
}

// In the process itself, in the container, with all rights.
Result<void> Execution::completeInside(oci::Process& process) const
{
    PL_TRY(useCpus(process.execCpuAffinity.final));
    if (m_options.hasNewKeyring && ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0
        && errno != ENOSYS)
        return errnoError(errno, "make session keyring");
    return runtime::applyExecutionDomain(m_config.linuxConfig);
}

Result<void> Execution::plan(const Context& context, const Fd& target)
{
    m_plan.process = m_options.process;
    PL_TRY(m_plan.seccomp,
        runtime::planSeccomp(m_config.linuxConfig.seccomp, context.root + "/.seccomp"));
    if (!m_plan.process.hasTerminal)
        m_plan.streams = { 0, 1, 2 };
    m_plan.target = m_record.pid;
    m_plan.targetPidFd = &target;
    m_plan.preserved = m_options.preservedFds;
    m_plan.complete = [this](oci::Process& process) { return completeInside(process); };
    if (!m_options.consoleSocket.empty()) {
        PL_TRY(m_consoleSocket, runtime::connectUnix(m_options.consoleSocket, SOCK_STREAM));
    }
    return success();
}

Result<void> Execution::handOverListener(
    const runtime::ExecProcess& process, const Fd& listener) const
{
    const auto state = stateOf(m_record, runtime::Status::Running, m_config.annotations);
    PL_TRY(runtime::sendSeccompListener(m_plan.seccomp.listenerPath, listener, process.pid(), state,
        m_plan.seccomp.listenerMetadata));
    return runtime::sendMessage(process.channel(), runtime::StartMessage::ListenerSent);
}

Result<void> Execution::awaitProgram(runtime::ExecProcess& process, int& exitCode)
{
    for (;;) {
        pollfd waiting { process.channel().get(), POLLIN, 0 };
        if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
            return errnoError(errno, "wait for the process");
        PL_TRY(auto received, process.receive());
        if (!received)
            continue;
        if (received->isEnd) {
            if (process.pid() < 0)
                return makeError(Errc::Internal, "the process ended during its set-up");
            return success();
        }
        if (received->message == runtime::StartMessage::Listener) {
            PL_TRY(handOverListener(process, received->attachment));
        } else if (received->message == runtime::StartMessage::Console) {
            m_console = std::move(received->attachment);
            if (m_consoleSocket.isOpen()) {
                PL_TRY(runtime::sendWithDescriptor(m_consoleSocket, "/dev/ptmx", m_console.get()));
                m_console.reset();
            }
        } else if (received->message == runtime::StartMessage::Failed) {
            exitCode = received->failure.exitCode;
            return Error { Errc::Internal, received->failure.message, received->failure.sysErrno };
        }
    }
}

Result<void> Execution::start(const Context& context, int& exitCode)
{
    PL_TRY(const auto target, openProcess(m_record));
    PL_TRY(plan(context, target));
    PL_TRY(useCpus(m_plan.process.execCpuAffinity.initial));
    PL_TRY(const auto driver, openCgroups(m_record.group));
    if (!m_options.group.empty()) { // it may be there in some hierarchies of version 1 alone
        PL_TRY(driver->create(m_record.group + m_options.group, oci::Resources {}));
    }
    std::string stage;
    PL_TRY(auto process,
        runtime::ExecProcess::create(
            m_plan, driver.get(), m_record.group + m_options.group, stage));
    auto running = awaitProgram(process, exitCode);
    while (::waitpid(process.messenger(), nullptr, 0) < 0 && errno == EINTR) { }
    m_pid = process.pid();
    m_pidFd.reset(::dup(process.pidFd().get()));
    if (!running && m_pid > 0) {
        ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    }
    return running;
}

Result<void> writePid(const std::string& path, pid_t pid)
{
    if (path.empty())
        return success();
    const std::string temporary = path + ".tmp";
    PL_TRY(const auto file, openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
    PL_TRY(writeAll(file, std::to_string(pid)));
    if (::rename(temporary.c_str(), path.c_str()) != 0)
        return errnoError(errno, "write '" + path + "'");
    return success();
}

} // namespace

// exec: one more process in a container that runs.
Result<int> execVerb(const Context& context, Arguments arguments)
{
    // What follows the id is the command's, whatever it looks like.
    PL_TRY(const auto parsed, parseOptions(execOptionNames(), arguments, false));
    if (parsed.words.empty())
        return makeError(Errc::InvalidArgument, "usage: exec [OPTIONS] ID COMMAND …");
    const StateStore store(context.root);
    PL_TRY(const auto record, store.load(parsed.words.front()));
    PL_TRY(const auto config, store.loadConfig(record.id));
    PL_TRY(const auto options, execOptionsFrom(parsed, config));
    const runtime::Status status = store.statusOf(record);
    if (status != runtime::Status::Running && status != runtime::Status::Created)
        return makeError(Errc::Conflict,
            "cannot exec in container '" + record.id + "': it is "
                + std::string(statusName(status)));
    if (!options.isDetached)
        holdSignals();
    int exitCode = 255;
    Execution execution(options, record, config);
    if (auto started = execution.start(context, exitCode); !started) {
        context.logError(started.error().message);
        return exitCode;
    }
    PL_TRY(writePid(options.pidFile, execution.pid()));
    return options.isDetached ? Result<int>(0) : execution.attend();
}

} // namespace portlight::oci_cli
