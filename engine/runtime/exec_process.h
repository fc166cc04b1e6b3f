#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/cgroup/driver.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/program_start.h"
#include "engine/runtime/seccomp.h"
#include "engine/runtime/start_channel.h"

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

/// A further process in a container that runs: what `exec` does. runtime-spec runtime.md has no
/// word on it; the process object is config.md's.
///
///     creator                  messenger                          the process
///       | clone3 -------------->  (in the container's cgroup)
///       | GroupJoined ---------->  setns: all namespaces
///       |                         | clone3(CLONE_PARENT) --------->  child of the creator
///       | <------- Spawned, its pidfd                               | streams, limits, user
///       | Start --------------------------------------------------->
///       | <--------- Listener, only with SCMP_ACT_NOTIFY            | its descriptor attached
///       | ListenerSent -------------------------------------------->
///       | <----------------------------- end of file = it runs; Failed = it does not
///
/// Nobody in the container sees a process with descriptors, a root or a directory of the host: the
/// messenger stays in the creator's pid namespace, and closes and leaves all of that before the
/// process that shows inside is made (CVE-2016-9962, CVE-2024-21626).
namespace portlight::runtime {

struct ExecPlan {
    oci::Process process;
    SeccompFilter seccomp;
    StandardStreams streams; ///< unused with a terminal
    pid_t target = -1; ///< a process of the container, in its namespaces: its first
    const Fd* targetPidFd = nullptr; ///< the same for sure
    bool diesWithCreator = false;
    unsigned preserved = 0; ///< so many descriptors from 3 on go to the program
    /// Fills in what only the container knows (a user by name); called in the process, with the
    /// container's root as "/" and all rights. May be empty.
    std::function<Result<void>(oci::Process&)> complete {};
};

/// The CLONE_NEW… flags of the namespaces in which @p pid is and we are not.
/// Errors: NotFound when it has ended.
Result<int> namespacesApart(pid_t pid, const Fd& pidFd);

class ExecProcess {
public:
    /// Makes the messenger, in @p group of @p driver (null: the present one); all else comes by
    /// receive(). @p stage names the step for the report. Only from a single-threaded program,
    /// which reaps the messenger and, once Spawned came, the process.
    static Result<ExecProcess> create(
        ExecPlan& plan, cgroup::Driver* driver, const std::string& group, std::string& stage);

    /// One whose messenger was made by somebody else (and waits for GroupJoined), over its
    /// channel's creator end. Errors: as sendMessage.
    static Result<ExecProcess> ofMessenger(Fd channel);

    /// Readable when receive() has something.
    const Fd& channel() const noexcept { return m_channel; }
    /// One message; nullopt when there is none yet. Spawned is answered with Start here, and from
    /// then on pid() and pidFd() are known. Console brings the terminal's master.
    Result<std::optional<ReceivedMessage>> receive();
    void closeChannel() { m_channel.reset(); }

    pid_t messenger() const noexcept { return m_messenger; } ///< -1 with ofMessenger()
    pid_t pid() const noexcept { return m_pid; } ///< -1 before Spawned
    const Fd& pidFd() const noexcept { return m_pidFd; }

private:
    ExecProcess(pid_t messenger, Fd channel)
        : m_messenger(messenger)
        , m_channel(std::move(channel))
    {
    }
    pid_t m_messenger;
    pid_t m_pid = -1;
    Fd m_pidFd;
    Fd m_channel;
};

/// The messenger's part: joins @p namespaces of plan.target and makes the process. Runs in a fresh
/// copy of a single-threaded program; waits for GroupJoined first.
[[noreturn]] void runExecMessenger(ExecPlan& plan, int namespaces, Fd channel);

/// What exec reports for a process that did not start: 127 not found, 126 otherwise.
StartFailure execFailureOf(const std::string& stage, const Error& error);

} // namespace portlight::runtime
