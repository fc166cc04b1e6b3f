#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/seccomp.h"

#include <string>
#include <vector>

namespace portlight::runtime {

/// Descriptors that become 0, 1 and 2 of a process; -1 each with a terminal.
struct StandardStreams {
    int input = -1;
    int output = -1;
    int error = -1;
};

/// The last part of the way into a container, the same for its first process and for one that joins
/// later: from a process in the container's namespaces, with the container's root as "/", to the
/// program. Each step names itself in stage() for the report of its failure.
class ProgramStart {
public:
    /// Both outlive this object. @p channel is start_channel.h's, the process's end.
    ProgramStart(const oci::Process& process, const SeccompFilter& filter)
        : m_process(process)
        , m_filter(filter)
    {
    }

    /// Default signals and an own session, hidden from ptrace until execve (with @p hidesNow false:
    /// by a later hide()); with @p diesWithCreator it ends when its parent does.
    Result<void> lead(bool diesWithCreator, bool hidesNow = true);
    /// No look at this process from a namespace it joins, until execve has replaced what it
    /// inherited.
    static Result<void> hide();
    /// Makes @p streams 0, 1 and 2. The host's /dev/null is replaced by the container's.
    Result<void> connectStreams(const StandardStreams& streams);
    /// Limits, scheduling, directory, user and capabilities; finds the program. A filter with a
    /// listener is in force after it, and the listener with takeListener().
    Result<void> prepare();
    Fd takeListener() { return std::move(m_listener); }
    /// Executes the program; descriptors from @p firstClosed on are closed by that. Comes back with
    /// the failure alone.
    Result<void> execute(unsigned firstClosed = 3);

    const char* stage() const noexcept { return m_stage; }

private:
    Result<void> enterDirectory(bool isRetry);

    const oci::Process& m_process;
    const SeccompFilter& m_filter;
    Fd m_listener;
    bool m_diesWithCreator = false;
    bool m_isInDirectory = false;
    std::string m_program;
    std::vector<std::string> m_env;
    const char* m_stage = "process";
};

} // namespace portlight::runtime
