#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/cgroup/driver.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/container_process.h"
#include "engine/shim/connection.h"
#include "engine/shim/event_loop.h"
#include "engine/shim/exec_seed.h"
#include "engine/shim/exec_session.h"
#include "engine/shim/foreign_runtime.h"
#include "engine/shim/log_writer.h"
#include "engine/shim/stdio_pump.h"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace portlight::shim {

/// The supervisor of one container: creates it, keeps its streams and log, tells clients, records
/// how it ended. One instance in a program, one thread. shim_protocol.h has the conversation.
class Shim {
public:
    struct Options {
        std::string bundle; ///< B
        std::string stateDir; ///< S
        Fd control; ///< the engine's connection; empty: none
    };
    explicit Shim(EventLoop& loop, Options options);

    /// Serves until the container has ended and its clients were told; the program's exit code.
    /// Errors: what keeps the shim from serving anybody at all.
    Result<int> run();

private:
    enum class Phase {
        Creating, ///< the process sets itself up
        Created, ///< it waits for Start
        Starting, ///< Start was sent
        Running,
        Draining, ///< ended; what it wrote is being read
        Ended, ///< exit.json is written
        Failed, ///< it never ran
    };

    Result<void> listen();
    Result<void> watchChildren();
    Result<void> createContainer();
    void openConnection(Fd socket, bool isControl);
    void dropConnection(Connection& connection);

    void onFrame(Connection& connection, runtime::Frame frame);
    void onStart(Connection& connection);
    void onQuery(Connection& connection);
    void onAttach(Connection& connection, const std::string& payload);
    void onInputFrame(Connection& connection, const runtime::Frame& frame);
    void onResize(Connection& connection, const std::string& payload);
    Result<void> sendSignal(Connection& connection, const std::string& payload);
    Result<void> signalAll(int signal) const;
    Result<void> checkRuns() const;

    // shim_hooks.cpp
    void runHooks(const std::vector<oci::Hook>& hooks, const std::string& kind,
        runtime::Status status, std::function<void()> next);
    bool onHooksExit(pid_t pid);

    // shim_foreign.cpp: what another OCI runtime does
    Result<void> createForeign();
    void onForeignCreated(Result<ForeignProcess> made);
    void startForeign();
    void removeForeign();
    ForeignRuntime::Done answerLater(const Connection& connection);
    Result<void> freeze(Connection& connection, const std::string& payload);
    Result<void> update(Connection& connection, const std::string& payload);

    // shim_execs.cpp
    void onExec(Connection& connection, const std::string& payload);
    void onExecWatch(Connection& connection, const std::string& payload);
    void onExecFrame(ExecSession& exec, Connection& connection, const runtime::Frame& frame);
    const ExecSeed* seedFor(const ExecHost& host, std::size_t requestBytes);
    ExecSession* execOf(const Connection& connection) const;
    void settleExecs();
    bool hasExecs() const;
    void killExecs();
    void dropSeed();

    void onChannel();
    void onChildren();
    void onInitExit(int code, int status);
    void onOtherExit(pid_t pid, int code, int status);
    void settleStrays();
    bool isForeignBusy() const noexcept { return m_foreign && m_foreign->isBusy(); }
    void onProcessExit(int code, int status);
    void onOutput(std::uint8_t stream, std::string_view bytes);
    void startIfWanted();
    void markStarted();
    void tellStarted();
    void fail(runtime::StartFailure failure);
    void finish();
    void removeGroup();
    void adjustBackpressure();
    bool isFlushed() const;
    int timeoutMs() const;

    EventLoop& m_loop;
    Options m_options;
    runtime::Bundle m_bundle;
    std::unique_ptr<cgroup::Driver> m_driver;
    std::string m_containerId;
    std::string m_group;
    Fd m_listener;
    Fd m_signals;
    std::list<std::unique_ptr<Connection>> m_connections;
    std::uint64_t m_connectionCount = 0;
    Connection* m_control = nullptr; ///< also in m_connections
    std::list<std::unique_ptr<ExecSession>> m_execs;
    std::optional<ExecSeed> m_seed; ///< since the first exec, where one is needed
    std::optional<LogWriter> m_log;
    StdioPump m_stdio;
    std::optional<runtime::ContainerProcess> m_process;
    /// Runs the container where it is not ours to run; null: our own runtime does.
    std::unique_ptr<ForeignRuntime> m_foreign;
    std::vector<Fd> m_foreignHeld; ///< what its config.json names, until it has read it
    struct Ending {
        int code = 0;
        int status = 0;
    };
    struct HookRun {
        pid_t pid = -1;
        std::function<void()> next; ///< what waits for its end
    };
    std::optional<HookRun> m_hookRun;
    std::optional<Ending> m_earlyExit; ///< of the container, while `start` is still under way
    /// Children that ended before the command that made them told their numbers.
    std::map<pid_t, Ending> m_strays;
    runtime::ShimRecord m_record;
    std::optional<runtime::ExitRecord> m_exit;
    std::optional<runtime::StartFailure> m_failure;
    std::string m_stage;
    Phase m_phase = Phase::Creating;
    bool m_isStartWanted = false;
    bool m_isGroupLeft = false; ///< the cgroup is still there and is to go
    std::int64_t m_deadlineMs = 0; ///< of draining, then of clients that do not read
};

} // namespace portlight::shim
