#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/runtime/bundle.h"
#include "engine/runtime/program_start.h"
#include "engine/runtime/shim_protocol.h"

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::shim {

/// What a command that makes a process gave: a child of this program by now (it is a subreaper).
struct ForeignProcess {
    pid_t pid = -1;
    Fd pidFd;
    Fd console; ///< the terminal's master, where one was asked for
};

/// Another OCI runtime (crun, runc, …), run for the one container of this shim: each operation is a
/// process that is started here and told of when it has ended. Operations on the container come one
/// after the other in the order in which they were asked for; execs run beside them. The command
/// line is the one that runc and crun share. runtime-spec runtime.md, Operations.
class ForeignRuntime {
public:
    using Done = std::function<void(Result<ForeignProcess>)>;

    /// @p program and its own @p arguments; @p workDir is emptied for its files. Commands are run
    /// in the mount namespace @p space and, where @p unifiedGroup is open, in that cgroup.
    /// Without @p hasGroups this account may make no cgroups, and the runtime is told so.
    static Result<ForeignRuntime> prepare(const runtime::LaunchOptions& launch, bool hasGroups,
        std::string id, const std::string& workDir, Fd space, Fd unifiedGroup);

    /// The bundle of `create` becomes @p config; the streams are the container's, unless it has a
    /// terminal.
    Result<void> create(
        const Json& config, bool hasTerminal, const runtime::StandardStreams& streams, Done done);
    void start(Done done) { enqueue({ "start", m_id }, std::move(done)); }
    void signal(int number, bool isForAll, Done done);
    void freeze(bool isFrozen, Done done);
    /// @p resources: `linux.resources` of the specification, as text.
    Result<void> update(std::string_view resources, Done done);
    void remove(Done done) { enqueue({ "delete", "--force", m_id }, std::move(done)); }
    /// Adds @p process, the object of config.md.
    Result<void> exec(const Json& process, const runtime::StandardStreams& streams, Done done);

    /// True when @p pid was a command: it is done with that, and its Done was called.
    bool onChildExit(pid_t pid, int code, int status);
    bool isBusy() const noexcept { return !m_running.empty() || !m_waiting.empty(); }
    /// When to call settle(); 0: never.
    std::int64_t deadlineMs() const noexcept;
    /// Ends commands that take too long.
    void settle(std::int64_t nowMs);

    const std::string& name() const noexcept { return m_name; }

private:
    struct Command {
        std::vector<std::string> words; ///< what stands behind the global options
        Done done;
        std::string stem; ///< of its own files, below m_workDir
        runtime::StandardStreams streams {};
        Fd consoleSocket {};
        bool makesProcess = false;
        bool isOrdered = true; ///< waits for the one before it
        pid_t pid = -1;
        std::int64_t deadlineMs = 0;
    };

    ForeignRuntime() = default;
    Command command(std::vector<std::string> words, Done done);
    void enqueue(std::vector<std::string> words, Done done);
    Result<void> addConsole(Command& command) const;
    void addProcessOptions(Command& command) const;
    void launchWaiting();
    Result<void> launch(Command& command) const;
    [[noreturn]] void becomeRuntime(const Command& command) const;
    Result<ForeignProcess> outcome(const Command& command, int code, int status) const;
    Result<ForeignProcess> takeProcess(const Command& command) const;

    std::string m_name; ///< the program's, for messages
    std::vector<std::string> m_program; ///< path and arguments of its own
    std::string m_id;
    std::string m_workDir;
    Fd m_directory; ///< m_workDir: sockets are named through it
    Fd m_space;
    Fd m_unifiedGroup;
    std::list<Command> m_running;
    std::list<Command> m_waiting;
    unsigned m_count = 0;
};

/// Docker's exit code for an @p error of `create`, `start` or `exec`, by the words that all
/// runtimes take from the kernel: 127 not found, 126 not executable, else @p other.
int exitCodeOf(const Error& error, int other);

} // namespace portlight::shim
