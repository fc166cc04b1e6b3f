#include "engine/shim/shim.h"

#include "engine/base/syscalls.h"
#include "engine/shim/clock.h"
#include "engine/shim/exit_record.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace portlight::shim {

using runtime::FrameType;

namespace {

constexpr std::int64_t kDrainMs = 1000; // a stream may have been handed out of the container
constexpr std::int64_t kFlushMs = 10000; // for a client that does not read its last frames
constexpr int kGroupRetryMs = 10;

std::string lastComponent(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

} // namespace

Shim::Shim(EventLoop& loop, Options options)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_stdio(
          loop, [this](std::uint8_t stream, std::string_view bytes) { onOutput(stream, bytes); })
{
}

Result<int> Shim::run()
{
    PL_TRY(listen());
    PL_TRY(watchChildren());
    m_record.shimPid = ::getpid();
    PL_TRY(m_record.shimStartTicks, processStartTime(m_record.shimPid));
    PL_TRY(m_record.bootId, bootId());
    PL_TRY(saveShimRecord(m_options.stateDir, m_record));
    if (m_options.control.isOpen()) {
        openConnection(std::move(m_options.control), true);
        m_control->send(FrameType::Ready, dumpJson(toJson(m_record)));
    }
    // Done before Start comes, so that starting is little more than execve.
    if (auto created = createContainer(); !created)
        fail({ m_stage, created.error().sysErrno, created.error().message, 128 });
    const auto isOver = [this] {
        return (m_phase == Phase::Ended || (m_phase == Phase::Failed && m_isStartWanted))
            && isFlushed() && !m_isGroupLeft && !hasExecs() && !isForeignBusy();
    };
    while (!isOver()) {
        PL_TRY(m_loop.runOnce(timeoutMs()));
        const std::int64_t now = steadyClockMs();
        if (m_foreign)
            m_foreign->settle(now);
        if (m_phase == Phase::Draining && (m_stdio.isFinished() || now >= m_deadlineMs)
            && !isForeignBusy() && !m_hookRun)
            finish();
        settleExecs();
        if (m_isGroupLeft && (m_phase == Phase::Ended || m_phase == Phase::Failed)
            && !isForeignBusy())
            removeGroup();
    }
    ::unlink((m_options.stateDir + "/shim.sock").c_str());
    return m_phase == Phase::Failed ? 1 : 0;
}

// The path of the socket may be longer than an address holds: bound by its name alone.
Result<void> Shim::listen()
{
    m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!m_listener.isOpen())
        return errnoError(errno, "make socket");
    if (::chdir(m_options.stateDir.c_str()) != 0)
        return errnoError(errno, "enter '" + m_options.stateDir + "'");
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "shim.sock");
    ::unlink(address.sun_path);
    const mode_t mask = ::umask(0177);
    const int bound =
        ::bind(m_listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int number = errno;
    ::umask(mask);
    if (bound != 0)
        return errnoError(number, "bind 'shim.sock'");
    if (::listen(m_listener.get(), 64) != 0)
        return errnoError(errno, "listen");
    if (::chdir("/") != 0)
        return errnoError(errno, "enter '/'");
    return m_loop.add(m_listener, EPOLLIN, [this](std::uint32_t) {
        Fd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.isOpen())
            openConnection(std::move(socket), false);
    });
}

Result<void> Shim::watchChildren()
{
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    if (::sigprocmask(SIG_BLOCK, &children, nullptr) != 0)
        return errnoError(errno, "block SIGCHLD");
    m_signals.reset(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!m_signals.isOpen())
        return errnoError(errno, "make signalfd");
    return m_loop.add(m_signals, EPOLLIN, [this](std::uint32_t) { onChildren(); });
}

Result<void> Shim::createContainer()
{
    m_stage = "config";
    PL_TRY(m_bundle, runtime::loadBundle(m_options.bundle));
    const bool hasTerminal = m_bundle.config.process && m_bundle.config.process->hasTerminal;
    m_group = m_bundle.config.linuxConfig.cgroupsPath.empty()
        ? "/portlight/" + lastComponent(m_options.bundle)
        : m_bundle.config.linuxConfig.cgroupsPath;
    m_stage = "cgroup";
    PL_TRY(m_driver, cgroup::Driver::open(m_bundle.launch.cgroupRoot));
    PL_TRY(cgroup::checkGroupPath(m_group));
    m_stage = "log";
    PL_TRY(m_log,
        LogWriter::open(m_options.bundle + "/container.log", m_bundle.launch.logMaxBytes,
            m_bundle.launch.logMaxFiles));
    m_stage = "stdio";
    if (!hasTerminal) {
        PL_TRY(m_stdio.openPipes(m_bundle.launch.keepStdinOpen));
    }
    m_stdio.setInputDrained([this] {
        for (const auto& each : m_connections)
            each->setReadPaused(each->hasInput && m_stdio.isInputCongested());
    });
    m_isGroupLeft = true;
    m_containerId = lastComponent(m_options.bundle);
    if (!m_bundle.launch.runtime.empty())
        return createForeign();
    runtime::CreateSettings settings;
    settings.streams = m_stdio.processEnds();
    settings.id = m_containerId;
    PL_TRY(m_process,
        runtime::ContainerProcess::create(m_bundle, *m_driver, m_group, settings, m_stage));
    m_stdio.closeProcessEnds();
    // The namespace goes with the container's last process, not with this one.
    if (::ioctl(runtime::kNetworkFd, NS_GET_NSTYPE) == CLONE_NEWNET)
        ::close(runtime::kNetworkFd);
    m_record.pid = m_process->pid();
    PL_TRY(m_record.startTicks, processStartTime(m_record.pid));
    return m_loop.add(m_process->channel(), EPOLLIN, [this](std::uint32_t) { onChannel(); });
}

void Shim::onChannel()
{
    while (m_process && m_process->channel().isOpen()) {
        auto received = m_process->receive();
        if (!received)
            return fail({ "start", received.error().sysErrno, received.error().message, 128 });
        if (!received.value())
            return;
        runtime::ReceivedMessage& message = *received.value();
        if (message.isEnd) {
            m_loop.remove(m_process->channel());
            m_process->closeChannel();
            if (m_phase == Phase::Starting)
                markStarted();
            return;
        }
        switch (message.message) {
        case runtime::StartMessage::Console:
            if (auto set = m_stdio.setConsole(
                    std::move(message.attachment), m_bundle.launch.keepStdinOpen);
                !set)
                return fail({ "console", set.error().sysErrno, set.error().message, 128 });
            break;
        case runtime::StartMessage::Created:
            m_phase = Phase::Created;
            startIfWanted();
            break;
        default:
            return fail(std::move(message.failure));
        }
    }
}

void Shim::startIfWanted()
{
    if (!m_isStartWanted || m_phase != Phase::Created)
        return;
    m_phase = Phase::Starting;
    m_record.startedAtNs = wallClockNs();
    if (m_foreign)
        return startForeign();
    if (auto started = m_process->start(); !started)
        fail({ "start", started.error().sysErrno, started.error().message, 128 });
}

void Shim::markStarted()
{
    m_phase = Phase::Running;
    // An engine that comes later reads it; the present one gets the same from Started.
    (void)saveShimRecord(m_options.stateDir, m_record);
    runHooks(m_bundle.config.hooks.poststart, "poststart", runtime::Status::Running,
        [this] { tellStarted(); });
}

void Shim::tellStarted()
{
    if (m_control != nullptr)
        m_control->send(FrameType::Started, dumpJson(toJson(m_record)));
    // It may have ended meanwhile.
    if (const auto ended = std::exchange(m_earlyExit, std::nullopt))
        onProcessExit(ended->code, ended->status);
}

void Shim::fail(runtime::StartFailure failure)
{
    if (m_phase == Phase::Failed)
        return;
    m_phase = Phase::Failed;
    m_failure = std::move(failure);
    m_deadlineMs = steadyClockMs() + kFlushMs;
    if (m_process) {
        if (m_process->channel().isOpen())
            m_loop.remove(m_process->channel());
        ::kill(m_process->pid(), SIGKILL);
        while (::waitpid(m_process->pid(), nullptr, 0) < 0 && errno == EINTR) { }
        m_process.reset();
    }
    removeForeign();
    m_record.pid = -1;
    if (m_isStartWanted && m_control != nullptr)
        m_control->send(FrameType::Failed, dumpJson(toJson(*m_failure)));
}

// As the subreaper of a container without a pid namespace, this process inherits its orphans.
void Shim::onChildren()
{
    signalfd_siginfo info {};
    while (::read(m_signals.get(), &info, sizeof info) > 0) { }
    for (const auto& exec : m_execs)
        exec->onChannel(); // what a process said before it ended, and which one it is, comes first
    for (;;) {
        siginfo_t child {};
        if (::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) != 0 || child.si_pid == 0)
            return;
        const bool isInit = m_process && child.si_pid == m_process->pid();
        if (isInit)
            onChannel(); // what it said before it ended comes first
        if (m_process && isInit) {
            ::waitpid(child.si_pid, nullptr, 0);
            onInitExit(child.si_code, child.si_status);
        } else if (!isInit) {
            ::waitpid(child.si_pid, nullptr, 0);
            onOtherExit(child.si_pid, child.si_code, child.si_status);
        }
    }
}

void Shim::onInitExit(int code, int status)
{
    const bool isBeingStarted = m_foreign && m_phase == Phase::Starting;
    if (!isBeingStarted && !m_hookRun)
        return onProcessExit(code, status);
    m_process.reset();
    m_earlyExit = Ending { code, status }; // `start`, or its hooks, are under way
}

void Shim::onOtherExit(pid_t pid, int code, int status)
{
    if (onHooksExit(pid))
        return;
    if (m_foreign && m_foreign->onChildExit(pid, code, status)) {
        return settleStrays();
    }
    if (m_seed && m_seed->pid() == pid)
        dropSeed(); // the next exec makes another
    for (const auto& exec : m_execs) {
        if (exec->onChildExit(pid, code, status))
            return;
    }
    if (isForeignBusy())
        m_strays.insert_or_assign(pid, Ending { code, status });
}

void Shim::onProcessExit(int code, int status)
{
    m_process.reset();
    if (m_phase != Phase::Running) {
        fail({ "start", 0,
            "the container's process ended during its set-up ("
                + std::string(code == CLD_EXITED ? "exit code " : "signal ")
                + std::to_string(status) + ")",
            128 });
        return;
    }
    m_exit = exitRecordOf(code, status);
    m_exit->startedAtNs = m_record.startedAtNs;
    m_exit->finishedAtNs = wallClockNs();
    if (const auto kills = m_driver->oomKills(m_group))
        m_exit->wasOomKilled = kills.value() > 0;
    killExecs();
    (void)m_driver->kill(m_group); // what a container without a pid namespace leaves behind
    removeForeign();
    m_phase = Phase::Draining;
    m_deadlineMs = steadyClockMs() + kDrainMs;
    m_stdio.setPaused(false);
    m_stdio.drain();
    runHooks(m_bundle.config.hooks.poststop, "poststop", runtime::Status::Stopped, [] { });
}

void Shim::finish()
{
    m_stdio.drain();
    m_log->flush();
    // On failure (full disk) the connected are told all the same.
    (void)saveExitRecord(m_options.bundle, *m_exit);
    m_phase = Phase::Ended;
    m_deadlineMs = steadyClockMs() + kFlushMs;
    for (const auto& each : m_connections) {
        if (each->wantsExit)
            each->send(FrameType::Exited, dumpJson(toJson(*m_exit)));
    }
}

// What has just been told is perhaps the number of a process that has ended already.
void Shim::settleStrays()
{
    std::erase_if(m_strays, [this](const auto& stray) {
        return std::ranges::any_of(m_execs, [&stray](const auto& exec) {
            return exec->onChildExit(stray.first, stray.second.code, stray.second.status);
        });
    });
    if (!m_foreign->isBusy())
        m_strays.clear();
}

void Shim::removeGroup()
{
    if (!m_driver || m_driver->remove(m_group) || steadyClockMs() >= m_deadlineMs)
        m_isGroupLeft = false;
    else
        (void)m_driver->kill(m_group);
}

bool Shim::isFlushed() const
{
    return steadyClockMs() >= m_deadlineMs
        || std::all_of(m_connections.begin(), m_connections.end(),
            [](const auto& each) { return each->queuedBytes() == 0; });
}

int Shim::timeoutMs() const
{
    std::int64_t deadline = 0; // none
    const auto take = [&deadline](std::int64_t other) {
        if (other != 0 && (deadline == 0 || other < deadline))
            deadline = other;
    };
    const bool isOverSoon = m_phase == Phase::Draining || m_phase == Phase::Ended
        || (m_phase == Phase::Failed && m_isStartWanted);
    if (isOverSoon && !isForeignBusy() && !m_hookRun) // else the end of its command comes first
        take(m_deadlineMs);
    for (const auto& exec : m_execs)
        take(exec->deadlineMs());
    if (m_foreign)
        take(m_foreign->deadlineMs());
    const std::int64_t now = steadyClockMs();
    if (m_isGroupLeft && (m_phase == Phase::Ended || m_phase == Phase::Failed) && !isForeignBusy())
        take(now + kGroupRetryMs);
    return deadline == 0 ? -1 : static_cast<int>(std::max<std::int64_t>(0, deadline - now));
}

} // namespace portlight::shim
