#include "engine/core/exec_service.h"

#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/timestamps.h"
#include "engine/core/runtime_spec.h"

#include <csignal>

namespace portlight::core {

namespace {

constexpr std::size_t kStdinPiece = 256U << 10U; // a frame carries at most kMaxFrameBytes
constexpr std::size_t kKept = 256; ///< ended ones beyond this go once they are old
constexpr std::int64_t kKeptNs = 300'000'000'000;
constexpr int kFailedExitCode = 126;
constexpr int kLostExitCode = 255; ///< how it ended is not known
constexpr std::chrono::seconds kResizePatience { 10 };

Result<void> checkRuns(const Container& container)
{
    if (container.state.status == RunStatus::Paused)
        return makeError(Errc::Conflict,
            "container " + container.name + " is paused, unpause the container before exec");
    if (container.state.status == RunStatus::Restarting)
        return makeError(Errc::Conflict,
            "Container " + container.id + " is restarting, wait until the container is running");
    if (!container.state.isRunning() || container.isRemoved)
        return makeError(Errc::Conflict, "container " + container.id + " is not running");
    return success();
}

std::string commandText(const ExecConfig& config)
{
    std::string text;
    for (const auto& word : config.cmd)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

} // namespace

ExecService::ExecService(ContainerService& containers)
    : m_containers(containers)
    , m_executor(containers.parts().executor)
    , m_tasks(m_executor)
{
}

ExecPtr ExecService::add(const ContainerPtr& container, std::string id, ExecConfig config)
{
    auto exec = std::make_shared<Exec>(m_executor);
    exec->id = std::move(id);
    exec->container = container;
    exec->config = std::move(config);
    container->execIds.push_back(exec->id);
    m_execs.emplace(exec->id, exec);
    return exec;
}

Result<ExecPtr> ExecService::create(const std::string& reference, ExecConfig config)
{
    PL_TRY(const auto container, m_containers.find(reference));
    PL_TRY(checkRuns(*container));
    collect();
    auto exec = add(container, newId(), std::move(config));
    publish(*exec, "exec_create: " + commandText(exec->config));
    return exec;
}

Result<ExecPtr> ExecService::find(const std::string& id) const
{
    const auto found = m_execs.find(id);
    if (found == m_execs.end() || found->second->container->isRemoved)
        return makeError(Errc::NotFound, "No such exec instance: " + id);
    return found->second;
}

Result<void> ExecService::claim(const ExecPtr& exec)
{
    if (exec->hasEnded())
        return makeError(Errc::Conflict, "exec command " + exec->id + " has already run");
    if (exec->isClaimed)
        return makeError(Errc::Conflict, "exec command " + exec->id + " is already running");
    PL_TRY(checkRuns(*exec->container));
    exec->isClaimed = true;
    return success();
}

Task<void> ExecService::start(ExecPtr exec, ExecSink sink)
{
    co_return co_await shielded(m_executor, startClaimed(std::move(exec), std::move(sink)));
}

Task<void> ExecService::startClaimed(ExecPtr exec, ExecSink sink)
{
    publish(*exec, "exec_start: " + commandText(exec->config));
    auto launched = co_await launch(exec);
    if (!launched) {
        if (!exec->hasEnded())
            end(exec, kFailedExitCode);
        Error error = std::move(launched).error();
        error.message = "OCI runtime exec failed: exec failed: unable to start container process: "
            + error.message + ": unknown";
        co_return error;
    }
    exec->connection = std::move(launched).value();
    exec->sink = std::move(sink);
    exec->isRunning = true;
    exec->changed.notifyAll();
    m_tasks.spawn(pump(exec));
    co_return success();
}

/// A connection whose exec has started.
Task<std::shared_ptr<ShimConnection>> ExecService::launch(ExecPtr exec)
{
    const Container& container = *exec->container;
    PL_CO_TRY(auto process, execProcessJson(container.config, exec->config));
    const auto& user = exec->config.user.empty() ? container.config.user : exec->config.user;
    const Json request = runtime::execRequestJson(exec->id, std::move(process), user,
        container.config.host.groupAdd, exec->config.attachesStdin);
    const auto state = m_containers.parts().paths.containerState(container.id);
    PL_CO_TRY(auto connection, ShimConnection::open(m_executor, state));
    PL_CO_TRY(co_await connection->send(runtime::FrameType::Exec, dumpJson(request)));
    PL_CO_TRY(const auto answer, co_await connection->receive());
    PL_CO_TRY(const auto json, parseJson(answer.payload));
    if (answer.type == runtime::FrameType::Failed) {
        PL_CO_TRY(const auto failure, runtime::startFailureFromJson(json));
        end(exec, failure.exitCode);
        co_return makeError(Errc::InvalidArgument, failure.message);
    }
    if (answer.type != runtime::FrameType::Started)
        co_return makeError(Errc::Internal, "the shim gave an unexpected answer");
    PL_CO_TRY(const auto pid, jsonInt(json, "pid"));
    exec->pid = static_cast<pid_t>(pid);
    co_return connection;
}

/// Reads until the process has ended, whoever listens.
asio::awaitable<void> ExecService::pump(ExecPtr exec)
{
    const auto connection = exec->connection;
    int exitCode = kLostExitCode;
    while (true) {
        auto frame = co_await connection->receive();
        if (!frame) {
            if (frame.error().code == Errc::Cancelled)
                co_return; // the engine stops; the next one asks the shim
            break;
        }
        std::string& payload = frame.value().payload;
        if (frame.value().type == runtime::FrameType::Exited) {
            const auto json = parseJson(payload);
            const auto record = json ? runtime::exitRecordFromJson(json.value()) : json.error();
            if (record)
                exitCode = record.value().exitCode;
            break;
        }
        if (frame.value().type != runtime::FrameType::Output || payload.empty() || !exec->sink)
            continue;
        const auto stream = static_cast<std::uint8_t>(payload.front());
        payload.erase(0, 1);
        const auto sink = exec->sink; // it may be taken away meanwhile
        if (!co_await sink(stream, std::move(payload)))
            exec->sink = nullptr;
    }
    connection->close();
    end(exec, exitCode);
    publish(*exec, "exec_die", { { "exitCode", std::to_string(exitCode) } });
}

void ExecService::end(const ExecPtr& exec, int exitCode)
{
    exec->exitCode = exitCode;
    exec->isRunning = false;
    exec->endedAtNs = wallClockNs();
    exec->connection.reset();
    exec->sink = nullptr;
    std::erase(exec->container->execIds, exec->id);
    exec->changed.notifyAll();
}

Task<int> ExecService::wait(ExecPtr exec)
{
    while (!exec->hasEnded()) {
        const auto seen = exec->changed.generation();
        PL_CO_TRY(co_await exec->changed.wait(seen));
    }
    co_return *exec->exitCode;
}

Task<void> ExecService::writeStdin(ExecPtr exec, std::string bytes)
{
    for (std::size_t from = 0; from < bytes.size(); from += kStdinPiece) {
        const auto connection = exec->connection;
        if (!connection)
            co_return makeError(Errc::Conflict, "the process has ended");
        auto piece = bytes.substr(from, kStdinPiece);
        PL_CO_TRY(co_await connection->send(runtime::FrameType::Stdin, std::move(piece)));
    }
    co_return success();
}

Task<void> ExecService::closeStdin(ExecPtr exec)
{
    const auto connection = exec->connection;
    if (!connection)
        co_return success();
    co_return co_await connection->send(runtime::FrameType::StdinEnd);
}

void ExecService::detach(const ExecPtr& exec, bool byKeys)
{
    exec->sink = nullptr;
    if (byKeys) {
        publish(*exec, "exec_detach");
        return;
    }
    // Whoever wrote to it has gone: a filter that waits for more would wait for ever.
    auto close = [](ExecService& self, ExecPtr gone) -> asio::awaitable<void> {
        static_cast<void>((co_await self.closeStdin(std::move(gone))).has_value());
    };
    if (exec->connection && exec->config.attachesStdin)
        m_tasks.spawn(close(*this, exec));
}

Task<void> ExecService::resize(ExecPtr exec, unsigned columns, unsigned rows)
{
    const auto deadline = Notifier::Clock::now() + kResizePatience;
    while (!exec->isRunning && !exec->hasEnded()) {
        const auto seen = exec->changed.generation();
        PL_CO_TRY(const bool hasChanged, co_await exec->changed.wait(seen, deadline));
        if (!hasChanged)
            break;
    }
    const auto connection = exec->connection;
    if (!connection)
        co_return makeError(Errc::Conflict, "exec process is not started");
    const Json wanted { { "columns", columns }, { "rows", rows } };
    co_return co_await connection->send(runtime::FrameType::Resize, dumpJson(wanted));
}

Task<ProbeOutcome> ExecService::probe(ContainerPtr container, ExecConfig config,
    std::chrono::nanoseconds timeout, std::size_t limitBytes)
{
    PL_CO_TRY(const auto exec, create(container->id, std::move(config)));
    PL_CO_TRY(claim(exec));
    auto output = std::make_shared<std::string>();
    auto keep = [output, limitBytes](std::uint8_t, std::string bytes) -> Task<void> {
        output->append(bytes, 0, limitBytes - std::min(limitBytes, output->size()));
        co_return success();
    };
    PL_CO_TRY(co_await start(exec, std::move(keep)));
    auto deadline = Notifier::Clock::time_point::max();
    if (timeout.count() > 0)
        deadline =
            Notifier::Clock::now() + std::chrono::duration_cast<Notifier::Clock::duration>(timeout);
    ProbeOutcome outcome;
    while (!exec->hasEnded()) {
        const auto seen = exec->changed.generation();
        PL_CO_TRY(const bool hasChanged, co_await exec->changed.wait(seen, deadline));
        if (hasChanged || outcome.hasTimedOut)
            continue;
        outcome.hasTimedOut = true;
        deadline = Notifier::Clock::time_point::max();
        const Json wanted { { "signal", SIGKILL } };
        if (const auto connection = exec->connection) {
            PL_CO_TRY(co_await connection->send(runtime::FrameType::Signal, dumpJson(wanted)));
        }
    }
    outcome.exitCode = *exec->exitCode;
    outcome.output = std::move(*output);
    m_execs.erase(exec->id); // nobody was told of it
    co_return outcome;
}

void ExecService::adopt(const ContainerPtr& container, const Json& execs)
{
    if (!execs.is_array())
        return;
    for (const Json& each : execs) {
        const auto id = jsonString(each, "id");
        const auto cmd = jsonStrings(each, "args");
        const auto pid = jsonInt(each, "pid");
        if (!id || !cmd || !pid || cmd.value().empty() || m_execs.contains(id.value()))
            continue;
        ExecConfig config;
        config.cmd = cmd.value();
        config.user = jsonString(each, "user").has_value() ? jsonString(each, "user").value() : "";
        config.hasTty =
            jsonBool(each, "terminal").has_value() && jsonBool(each, "terminal").value();
        config.attachesStdin =
            jsonBool(each, "stdin").has_value() && jsonBool(each, "stdin").value();
        const auto exec = add(container, id.value(), std::move(config));
        exec->isClaimed = true;
        exec->isRunning = true;
        exec->pid = static_cast<pid_t>(pid.value());
        m_tasks.spawn(watchAdopted(exec));
    }
}

asio::awaitable<void> ExecService::watchAdopted(ExecPtr exec)
{
    const auto state = m_containers.parts().paths.containerState(exec->container->id);
    auto connection = ShimConnection::open(m_executor, state);
    const Json wanted { { "id", exec->id } };
    if (connection
        && co_await connection.value()->send(runtime::FrameType::ExecWatch, dumpJson(wanted))) {
        exec->connection = std::move(connection).value();
        co_await pump(exec);
    } else {
        end(exec, kLostExitCode);
    }
}

/// Ended ones are asked about for a while; those that were never started go with their container.
void ExecService::collect()
{
    if (m_execs.size() <= kKept)
        return;
    const auto oldest = wallClockNs() - kKeptNs;
    std::erase_if(m_execs, [oldest, isFull = m_execs.size() > 16 * kKept](const auto& entry) {
        const Exec& exec = *entry.second;
        const bool isDead =
            exec.container->isRemoved || (!exec.isClaimed && !exec.container->state.isRunning());
        return (exec.hasEnded() && (isFull || exec.endedAtNs < oldest)) || isDead;
    });
}

void ExecService::publish(
    const Exec& exec, const std::string& action, std::map<std::string, std::string> more)
{
    more.emplace("execID", exec.id);
    m_containers.publish(*exec.container, action, std::move(more));
}

asio::awaitable<void> ExecService::stopService()
{
    co_await m_tasks.stop();
}

} // namespace portlight::core
