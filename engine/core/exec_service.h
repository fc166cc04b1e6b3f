#pragma once

#include "engine/base/async.h"
#include "engine/base/task_group.h"
#include "engine/core/container_service.h"
#include "engine/core/exec_config.h"
#include "engine/core/notifier.h"
#include "engine/core/shim_client.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace portlight::core {

/// Takes one piece of output (stream 1 or 2); an error ends its interest, not the process.
using ExecSink = std::function<Task<void>(std::uint8_t stream, std::string bytes)>;

/// A process that was or will be added to a container. io thread only.
struct Exec {
    explicit Exec(const asio::any_io_executor& executor)
        : changed(executor)
    {
    }
    bool hasEnded() const noexcept { return exitCode.has_value(); }

    std::string id;
    ContainerPtr container;
    ExecConfig config;
    bool isClaimed = false; ///< somebody starts or has started it
    bool isRunning = false;
    std::optional<int> exitCode; ///< also that of a start that failed
    pid_t pid = 0; ///< 0: never ran
    std::int64_t endedAtNs = 0;
    Notifier changed; ///< started, ended
    std::shared_ptr<ShimConnection> connection; ///< while it runs
    ExecSink sink; ///< who reads its output; empty: nobody
};
using ExecPtr = std::shared_ptr<Exec>;

/// What a short process printed and how it ended.
struct ProbeOutcome {
    int exitCode = -1;
    bool hasTimedOut = false; ///< it was killed
    std::string output; ///< both streams in the order of their arrival, cut to the limit
};

/// Processes that join a running container: what `docker exec` and health checks do. They belong to
/// the container's shim, so they survive the engine. io thread only.
class ExecService {
public:
    explicit ExecService(ContainerService& containers);

    /// Errors: NotFound (container), Conflict where it does not run or is paused.
    Result<ExecPtr> create(const std::string& reference, ExecConfig config);
    /// Errors: NotFound "No such exec instance: x".
    Result<ExecPtr> find(const std::string& id) const;
    /// Takes the right to start it. Errors: Conflict where it was started before or the container
    /// does not run.
    Result<void> claim(const ExecPtr& exec);
    /// Starts what was claimed; from then on all output goes to @p sink. What was begun is finished
    /// even when the caller is cancelled. Errors: the reason, worded as docker does; the exec then
    /// has its exit code 126 or 127.
    Task<void> start(ExecPtr exec, ExecSink sink);
    /// Waits for the end of a started exec, all of its output handed on; the exit code.
    Task<int> wait(ExecPtr exec);
    Task<void> writeStdin(ExecPtr exec, std::string bytes);
    Task<void> closeStdin(ExecPtr exec);
    /// Nobody reads any more; it runs on. With @p byKeys the client asked for that.
    void detach(const ExecPtr& exec, bool byKeys);
    /// Waits up to 10 s for the start. Errors: Conflict where it does not run.
    Task<void> resize(ExecPtr exec, unsigned columns, unsigned rows);

    /// Runs @p config in @p container to its end, at most for @p timeout (zero: no limit), keeping
    /// up to @p limitBytes of its output. Errors: as create() and start().
    Task<ProbeOutcome> probe(ContainerPtr container, ExecConfig config,
        std::chrono::nanoseconds timeout, std::size_t limitBytes);

    /// Takes over what the shim of an adopted container says it runs ("execs" of State).
    void adopt(const ContainerPtr& container, const Json& execs);
    asio::awaitable<void> stopService();

private:
    ExecPtr add(const ContainerPtr& container, std::string id, ExecConfig config);
    Task<void> startClaimed(ExecPtr exec, ExecSink sink);
    Task<std::shared_ptr<ShimConnection>> launch(ExecPtr exec);
    asio::awaitable<void> pump(ExecPtr exec);
    asio::awaitable<void> watchAdopted(ExecPtr exec);
    void end(const ExecPtr& exec, int exitCode);
    void collect();
    void publish(
        const Exec& exec, const std::string& action, std::map<std::string, std::string> more = {});

    ContainerService& m_containers;
    asio::any_io_executor m_executor;
    std::map<std::string, ExecPtr> m_execs;
    TaskGroup m_tasks;
};

} // namespace portlight::core
