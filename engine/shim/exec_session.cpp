#include "engine/shim/exec_session.h"

#include "engine/runtime/console.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/user_lookup.h"
#include "engine/shim/clock.h"
#include "engine/shim/exec_seed.h"
#include "engine/shim/exit_record.h"
#include "engine/shim/foreign_config.h"
#include "engine/shim/foreign_runtime.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::shim {

using runtime::FrameType;

namespace {

constexpr std::int64_t kDrainMs = 1000; // a stream may have been left to a process that stays

/// The user by name, against the container's own files: called inside it.
Result<void> completeUser(
    oci::Process& process, const std::string& wanted, const std::vector<std::string>& groups)
{
    PL_TRY(const auto user,
        runtime::resolveUser(wanted, groups, runtime::readRegularFile("/etc/passwd"),
            runtime::readRegularFile("/etc/group")));
    process.user.uid = user.uid;
    process.user.gid = user.gid;
    process.user.additionalGids = user.additionalGids;
    return success();
}

// Not so where it has ended and was reaped before it was known by number.
bool isOurs(const Fd& pidFd)
{
    siginfo_t info {};
    return ::waitid(P_PIDFD, static_cast<id_t>(pidFd.get()), &info, WEXITED | WNOHANG | WNOWAIT)
        == 0;
}

} // namespace

ExecSession::ExecSession(const ExecHost& host, runtime::ExecRequest request, Connection& client)
    : m_loop(host.loop)
    , m_request(std::move(request))
    , m_client(&client)
    , m_stdio(host.loop, [this](std::uint8_t stream, std::string_view bytes) {
        if (m_client == nullptr)
            return;
        m_client->sendOutput(stream, bytes);
        adjustBackpressure();
    })
{
}

ExecSession::~ExecSession()
{
    closeChannel();
}

void ExecSession::closeChannel()
{
    if (!m_process || !m_process->channel().isOpen())
        return;
    m_loop.remove(m_process->channel());
    m_process->closeChannel();
}

Result<runtime::ExecPlan> execPlan(const ExecHost& host, const runtime::ExecRequest& request)
{
    runtime::ExecPlan plan;
    plan.process = request.process;
    plan.target = host.container.pid();
    plan.targetPidFd = &host.container.pidFd();
    plan.diesWithCreator = true;
    plan.complete = [user = request.user, groups = request.groups](
                        oci::Process& process) { return completeUser(process, user, groups); };
    if (!host.bundle.launch.seccompBpf.empty()) {
        PL_TRY(plan.seccomp, runtime::loadSeccomp(host.bundle.launch.seccompBpf));
    }
    return plan;
}

void ExecSession::start(const ExecHost& host, std::string_view payload, const ExecSeed* seed)
{
    if (const auto made = makeProcess(host, payload, seed); !made)
        fail(runtime::execFailureOf(m_stage, made.error()));
}

Result<void> ExecSession::openStdio()
{
    m_stage = "stdio";
    if (!m_request.process.hasTerminal) {
        PL_TRY(m_stdio.openPipes(m_request.hasInput));
    }
    m_stdio.setInputDrained([this] {
        if (m_client != nullptr)
            m_client->setReadPaused(m_stdio.isInputCongested());
    });
    return success();
}

void ExecSession::startForeign(
    const ExecHost& host, std::string_view payload, ForeignRuntime& foreign)
{
    if (const auto asked = askForeign(host, payload, foreign); !asked)
        fail(runtime::execFailureOf(m_stage, asked.error()));
}

Result<void> ExecSession::askForeign(
    const ExecHost& host, std::string_view payload, ForeignRuntime& foreign)
{
    m_isForeign = true;
    PL_TRY(openStdio());
    m_stage = "user";
    PL_TRY(const auto process, foreignProcess(payload, m_request, host.container.pid()));
    m_stage = "process";
    PL_TRY(foreign.exec(
        process, m_stdio.processEnds(), [this](auto made) { onForeignProcess(std::move(made)); }));
    m_stdio.closeProcessEnds();
    adjustBackpressure();
    return success();
}

void ExecSession::onForeignProcess(Result<ForeignProcess> made)
{
    if (!made)
        return fail(
            { "exec", made.error().sysErrno, made.error().message, exitCodeOf(made.error(), 126) });
    m_pid = made.value().pid;
    m_foreignPidFd = std::move(made.value().pidFd);
    if (made.value().console.isOpen()) {
        if (m_request.process.consoleSize)
            (void)runtime::resizeConsole(made.value().console, *m_request.process.consoleSize);
        if (const auto set =
                m_stdio.setConsole(std::move(made.value().console), m_request.hasInput);
            !set)
            return fail(runtime::execFailureOf("console", set.error()));
    }
    markStarted();
}

const Fd* ExecSession::pidFd() const noexcept
{
    if (m_process && m_process->pidFd().isOpen())
        return &m_process->pidFd();
    return m_foreignPidFd.isOpen() ? &m_foreignPidFd : nullptr;
}

Result<void> ExecSession::makeProcess(
    const ExecHost& host, std::string_view payload, const ExecSeed* seed)
{
    PL_TRY(openStdio());
    m_stage = "process";
    if (seed != nullptr) {
        if (auto spawned = seed->spawn(payload, m_stdio.processEnds()))
            m_process.emplace(std::move(spawned).value());
    }
    if (!m_process) {
        PL_TRY(auto plan, execPlan(host, m_request));
        plan.streams = m_stdio.processEnds();
        PL_TRY(m_process, runtime::ExecProcess::create(plan, &host.driver, host.group, m_stage));
    }
    m_stdio.closeProcessEnds();
    adjustBackpressure();
    return m_loop.add(m_process->channel(), EPOLLIN, [this](std::uint32_t) { onChannel(); });
}

void ExecSession::onChannel()
{
    while (m_process && m_process->channel().isOpen()) {
        auto received = m_process->receive();
        if (!received)
            return fail(runtime::execFailureOf("start", received.error()));
        if (!received.value())
            return;
        runtime::ReceivedMessage& message = *received.value();
        if (message.isEnd) {
            closeChannel();
            if (m_pid > 0)
                markStarted();
            else
                fail({ "start", 0, "the process ended during its set-up", 126 });
            return;
        }
        switch (message.message) {
        case runtime::StartMessage::Console:
            if (const auto set =
                    m_stdio.setConsole(std::move(message.attachment), m_request.hasInput);
                !set)
                return fail(runtime::execFailureOf("console", set.error()));
            break;
        case runtime::StartMessage::Spawned:
            m_pid = m_process->pid();
            if (!isOurs(m_process->pidFd()))
                return fail({ "start", 0, "the process ended during its set-up", 126 });
            break;
        default:
            return fail(message.failure);
        }
    }
}

void ExecSession::markStarted()
{
    if (m_phase != Phase::Starting)
        return;
    m_phase = Phase::Running;
    m_startedAtNs = wallClockNs();
    if (m_client != nullptr)
        m_client->send(FrameType::Started,
            dumpJson(Json { { "pid", m_pid }, { "startedAtNs", m_startedAtNs } }));
    adjustBackpressure();
}

void ExecSession::fail(const runtime::StartFailure& failure)
{
    closeChannel();
    (void)signal(SIGKILL);
    m_process.reset(); // whoever of it is left is reaped as a stranger
    m_foreignPidFd.reset();
    m_phase = Phase::Over;
    m_isTold = true; // an engine that is away has never heard of it either
    if (m_client != nullptr)
        m_client->send(FrameType::Failed, dumpJson(runtime::toJson(failure)));
}

bool ExecSession::onChildExit(pid_t pid, int code, int status)
{
    const bool isForeign = m_isForeign && m_phase == Phase::Running;
    if ((!m_process && !isForeign) || pid != m_pid)
        return false;
    if (m_process) {
        onChannel(); // what it said before it ended comes first
        if (!m_process)
            return true;
    }
    // Its program may have run already while the messenger still held the channel; had it failed
    // on the way, it would have said so.
    closeChannel();
    markStarted();
    m_exit = exitRecordOf(code, status);
    m_exit->startedAtNs = m_startedAtNs;
    m_exit->finishedAtNs = wallClockNs();
    m_process.reset();
    m_foreignPidFd.reset();
    m_phase = Phase::Draining;
    m_deadlineMs = steadyClockMs() + kDrainMs;
    m_stdio.setPaused(false);
    m_stdio.drain();
    return true;
}

void ExecSession::settle(std::int64_t nowMs)
{
    if (m_phase == Phase::Draining && (m_stdio.isFinished() || nowMs >= m_deadlineMs))
        finish();
}

void ExecSession::finish()
{
    m_stdio.drain();
    m_phase = Phase::Over;
    m_deadlineMs = 0;
    tellEnd();
}

void ExecSession::tellEnd()
{
    if (m_client == nullptr || !m_exit)
        return;
    m_client->send(FrameType::Exited, dumpJson(runtime::toJson(*m_exit)));
    m_isTold = true;
}

void ExecSession::writeInput(std::string_view bytes)
{
    m_stdio.writeInput(bytes);
    if (m_client != nullptr && m_stdio.isInputCongested())
        m_client->setReadPaused(true);
}

Result<void> ExecSession::signal(int number) const
{
    const Fd* const process = pidFd();
    if (process == nullptr)
        return makeError(Errc::Conflict, "the process is not running");
    if (::syscall(SYS_pidfd_send_signal, process->get(), number, nullptr, 0) != 0)
        return errnoError(errno, "signal the process");
    return success();
}

void ExecSession::adjustBackpressure()
{
    const bool isBehind = m_client != nullptr && m_client->queuedBytes() > runtime::kAttachBacklog;
    // Started goes first: it may be told later than the first output is there.
    const bool isEarly = m_phase == Phase::Starting;
    m_stdio.setPaused(isEarly || (isBehind && m_phase != Phase::Draining));
}

void ExecSession::dropClient()
{
    m_client = nullptr;
    adjustBackpressure();
    m_stdio.endInput();
}

void ExecSession::takeClient(Connection& client)
{
    m_client = &client;
    client.send(
        FrameType::Started, dumpJson(Json { { "pid", m_pid }, { "startedAtNs", m_startedAtNs } }));
    if (isOver())
        tellEnd();
}

Json ExecSession::toJson() const
{
    Json json { { "id", m_request.id }, { "pid", m_pid }, { "args", m_request.process.args },
        { "terminal", m_request.process.hasTerminal }, { "user", m_request.user },
        { "stdin", m_request.hasInput } };
    if (m_exit && isOver())
        json["exit"] = runtime::toJson(*m_exit);
    return json;
}

} // namespace portlight::shim
