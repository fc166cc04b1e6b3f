#include "engine/cgroup/process_stats.h"
#include "engine/shim/shim.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

// The side of the shim that its clients see: connections and their frames.
namespace portlight::shim {

using runtime::Frame;
using runtime::FrameType;

namespace {

void refuse(Connection& connection, const std::string& message)
{
    connection.send(FrameType::Refused, dumpJson(Json { { "message", message } }));
}

void refuseFailed(Connection& connection, const Result<void>& result)
{
    if (!result)
        refuse(connection, result.error().message);
}

} // namespace

void Shim::openConnection(Fd socket, bool isControl)
{
    Connection::Callbacks callbacks;
    callbacks.frame = [this](Connection& connection, Frame frame) {
        onFrame(connection, std::move(frame));
    };
    callbacks.closed = [this](Connection& connection) { dropConnection(connection); };
    callbacks.drained = [this](Connection&) { adjustBackpressure(); };
    auto connection = std::make_unique<Connection>(m_loop, std::move(socket), std::move(callbacks));
    connection->serial = ++m_connectionCount;
    if (!connection->open())
        return;
    if (isControl)
        m_control = connection.get();
    m_connections.push_back(std::move(connection));
}

void Shim::dropConnection(Connection& connection)
{
    const bool hadInput = connection.hasInput;
    const bool wasControl = &connection == m_control;
    if (wasControl)
        m_control = nullptr;
    if (ExecSession* const exec = execOf(connection))
        exec->dropClient();
    std::erase_if(m_connections, [&](const auto& each) { return each.get() == &connection; });
    adjustBackpressure();
    if (hadInput && m_bundle.launch.closeStdinOnDetach)
        m_stdio.endInput();
    // An engine that ends before Start has nobody to start the container later.
    if (wasControl && !m_isStartWanted) {
        fail({ "start", 0, "the engine went away before the start", 128 });
        m_isStartWanted = true;
    }
}

void Shim::onFrame(Connection& connection, Frame frame)
{
    if (ExecSession* const exec = execOf(connection))
        return onExecFrame(*exec, connection, frame);
    switch (frame.type) {
    case FrameType::Exec:
        return onExec(connection, frame.payload);
    case FrameType::ExecWatch:
        return onExecWatch(connection, frame.payload);
    case FrameType::Start:
        return onStart(connection);
    case FrameType::Query:
        return onQuery(connection);
    case FrameType::Attach:
        return onAttach(connection, frame.payload);
    case FrameType::Stdin:
    case FrameType::StdinEnd:
        return onInputFrame(connection, frame);
    case FrameType::Resize:
        return onResize(connection, frame.payload);
    case FrameType::Signal:
        return refuseFailed(connection, sendSignal(connection, frame.payload));
    case FrameType::Freeze:
        return refuseFailed(connection, freeze(connection, frame.payload));
    case FrameType::Update:
        return refuseFailed(connection, update(connection, frame.payload));
    default:
        return refuse(connection, "unknown request");
    }
}

void Shim::onStart(Connection& connection)
{
    if (m_isStartWanted)
        return refuse(connection, "the container was started already");
    m_isStartWanted = true;
    m_control = &connection; // whoever starts it is told
    connection.wantsExit = true;
    if (m_failure)
        connection.send(FrameType::Failed, dumpJson(toJson(*m_failure)));
    else
        startIfWanted();
}

void Shim::onQuery(Connection& connection)
{
    connection.wantsExit = true;
    Json state = toJson(m_record);
    if (m_phase == Phase::Ended)
        state["exit"] = toJson(*m_exit);
    for (const auto& exec : m_execs)
        state["execs"].push_back(exec->toJson());
    connection.send(FrameType::State, dumpJson(state));
}

void Shim::onAttach(Connection& connection, const std::string& payload)
{
    const auto wants = [&payload]() -> Result<std::array<bool, 3>> {
        PL_TRY(const auto json, parseJson(payload));
        PL_TRY(const bool input, jsonBool(json, "stdin"));
        PL_TRY(const bool output, jsonBool(json, "stdout"));
        PL_TRY(const bool error, jsonBool(json, "stderr"));
        return std::array { input, output, error };
    }();
    if (!wants)
        return refuse(connection, wants.error().message);
    connection.hasInput = wants.value()[0];
    connection.wantsOutput = wants.value()[1];
    connection.wantsError = wants.value()[2];
    connection.wantsExit = true;
    connection.send(FrameType::Attached);
    if (m_phase == Phase::Ended)
        connection.send(FrameType::Exited, dumpJson(toJson(*m_exit)));
}

void Shim::onInputFrame(Connection& connection, const Frame& frame)
{
    if (!connection.hasInput)
        return refuse(connection, "not attached to standard input");
    if (frame.type == FrameType::StdinEnd)
        return m_stdio.endInput();
    m_stdio.writeInput(frame.payload);
    if (m_stdio.isInputCongested())
        connection.setReadPaused(true);
}

void Shim::onResize(Connection& connection, const std::string& payload)
{
    const auto resized = [&]() -> Result<void> {
        PL_TRY(const auto size, runtime::consoleSizeFromPayload(payload));
        return m_stdio.resize(size);
    }();
    if (!resized)
        refuse(connection, resized.error().message);
}

// Answered here on success, at once or once another runtime has sent it.
Result<void> Shim::sendSignal(Connection& connection, const std::string& payload)
{
    PL_TRY(const auto wanted, runtime::signalFromPayload(payload));
    const auto [signal, isForAll] = wanted;
    PL_TRY(checkRuns());
    if (m_foreign) {
        m_foreign->signal(signal, isForAll, answerLater(connection));
        return success();
    }
    if (isForAll) {
        PL_TRY(signalAll(signal));
    } else if (::syscall(SYS_pidfd_send_signal, m_process->pidFd().get(), signal, nullptr, 0)
        != 0) {
        return errnoError(errno, "signal the container");
    }
    connection.send(FrameType::Done);
    return success();
}

// Without a cgroup the container's processes are those of its pid namespace; without one of these
// either, its first process is all that is known.
Result<void> Shim::signalAll(int signal) const
{
    if (signal == SIGKILL && m_driver->kill(m_group))
        return success();
    auto pids = m_driver->processes(m_group);
    const oci::Namespace* const space = m_bundle.linuxConfig().findNamespace("pid");
    if (!pids && space != nullptr && space->path.empty())
        pids = cgroup::namespaceProcesses(m_process->pid());
    if (!pids)
        pids = std::vector<pid_t> { m_process->pid() };
    for (const pid_t pid : pids.value())
        ::kill(pid, signal);
    return success();
}

void Shim::onOutput(std::uint8_t stream, std::string_view bytes)
{
    m_log->write(stream, bytes);
    for (const auto& each : m_connections) {
        if (stream == 2 ? each->wantsError : each->wantsOutput)
            each->sendOutput(stream, bytes);
    }
    adjustBackpressure();
}

// Once the container has ended its pipes hold little: nobody is waited for any more.
void Shim::adjustBackpressure()
{
    const bool isBehind =
        std::any_of(m_connections.begin(), m_connections.end(), [](const auto& each) {
            return (each->wantsOutput || each->wantsError)
                && each->queuedBytes() > runtime::kAttachBacklog;
        });
    for (const auto& exec : m_execs)
        exec->adjustBackpressure();
    m_stdio.setPaused(isBehind && m_phase == Phase::Running);
}

} // namespace portlight::shim
