#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/exec_process.h"
#include "engine/shim/exec_session.h"

#include <string_view>
#include <sys/types.h>

namespace portlight::shim {

/// A small process that waits in the container's version 1 cgroups and makes the messengers of
/// execs there. Moving a process into such a group costs a grace period of the kernel's, 10 to 30
/// ms; what is made inside costs nothing. Version 2 needs none of this (CLONE_INTO_CGROUP). It
/// stays outside of the container's namespaces, counts as one of its processes there, and ends with
/// the shim or with this object.
class ExecSeed {
public:
    /// Requests up to this size go through it.
    static constexpr std::size_t kMaxRequestBytes = 64U << 10U;

    static Result<ExecSeed> create(const ExecHost& host);
    ExecSeed(ExecSeed&&) noexcept = default;
    ExecSeed& operator=(ExecSeed&&) noexcept = default;
    ~ExecSeed() = default;

    /// Makes the messenger of the exec that @p payload (ExecRequest as JSON) asks for.
    /// Errors: Unavailable when the seed has died.
    Result<runtime::ExecProcess> spawn(
        std::string_view payload, const runtime::StandardStreams& streams) const;
    pid_t pid() const noexcept { return m_pid; }

private:
    ExecSeed(pid_t pid, Fd socket)
        : m_pid(pid)
        , m_socket(std::move(socket))
    {
    }
    pid_t m_pid;
    Fd m_socket; ///< the seed ends when it is closed
};

} // namespace portlight::shim
