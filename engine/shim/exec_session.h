#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/cgroup/driver.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/exec_process.h"
#include "engine/runtime/shim_protocol.h"
#include "engine/shim/connection.h"
#include "engine/shim/event_loop.h"
#include "engine/shim/stdio_pump.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portlight::shim {

/// What of the container an exec needs; all of it outlives the session.
struct ExecHost {
    EventLoop& loop;
    const runtime::Bundle& bundle;
    cgroup::Driver& driver;
    const std::string& group;
    const runtime::ContainerProcess& container; ///< runs while a session is started
};

class ExecSeed;
class ForeignRuntime;
struct ForeignProcess;

/// What @p request asks for in the container of @p host, without its streams; the plan refers to
/// the host. Errors: those of loadSeccomp.
Result<runtime::ExecPlan> execPlan(const ExecHost& host, const runtime::ExecRequest& request);

/// One process that exec added to the container: its streams, the client that has it, its end.
/// Without a client it runs on, and what it writes is dropped.
class ExecSession {
public:
    ExecSession(const ExecHost& host, runtime::ExecRequest request, Connection& client);
    ~ExecSession();
    ExecSession(const ExecSession&) = delete;
    ExecSession& operator=(const ExecSession&) = delete;

    /// Makes the process, by @p seed where there is one; the client is told Started or Failed.
    /// @p payload is what the request was read from.
    void start(const ExecHost& host, std::string_view payload, const ExecSeed* seed);
    /// Lets another runtime make the process.
    void startForeign(const ExecHost& host, std::string_view payload, ForeignRuntime& foreign);
    /// Takes what the process on its way has said.
    void onChannel();
    /// True when @p pid is this process: it has ended so (waitid(2)), and was reaped.
    bool onChildExit(pid_t pid, int code, int status);
    /// To be called once per turn of the loop: notices that all its output has been read.
    void settle(std::int64_t nowMs);

    void writeInput(std::string_view bytes);
    void endInput() { m_stdio.endInput(); }
    Result<void> resize(const oci::ConsoleSize& size) { return m_stdio.resize(size); }
    Result<void> signal(int number) const;
    void adjustBackpressure();
    /// Its client is gone. Standard input on a pipe ends with it.
    void dropClient();
    /// A later engine's connection: it is told the end, at once where that has come already.
    void takeClient(Connection& client);

    const std::string& id() const noexcept { return m_request.id; }
    const Connection* client() const noexcept { return m_client; }
    bool isOver() const noexcept { return m_phase == Phase::Over; }
    /// Over, and somebody knows how.
    bool isSettled() const noexcept { return isOver() && m_isTold; }
    /// When to call settle() though nothing happened; 0: never.
    std::int64_t deadlineMs() const noexcept { return m_deadlineMs; }
    /// As shim_protocol.h has it for State.
    Json toJson() const;

private:
    enum class Phase { Starting, Running, Draining, Over };

    Result<void> makeProcess(const ExecHost& host, std::string_view payload, const ExecSeed* seed);
    Result<void> askForeign(
        const ExecHost& host, std::string_view payload, ForeignRuntime& foreign);
    void onForeignProcess(Result<ForeignProcess> made);
    Result<void> openStdio();
    const Fd* pidFd() const noexcept;
    void fail(const runtime::StartFailure& failure);
    void markStarted();
    void finish();
    void tellEnd();
    void closeChannel();

    EventLoop& m_loop;
    runtime::ExecRequest m_request;
    Connection* m_client;
    StdioPump m_stdio;
    std::optional<runtime::ExecProcess> m_process;
    bool m_isForeign = false;
    Fd m_foreignPidFd; ///< of a process that another runtime has made
    std::optional<runtime::ExitRecord> m_exit;
    std::string m_stage;
    Phase m_phase = Phase::Starting;
    bool m_isTold = false;
    pid_t m_pid = -1;
    std::int64_t m_startedAtNs = 0;
    std::int64_t m_deadlineMs = 0;
};

} // namespace portlight::shim
