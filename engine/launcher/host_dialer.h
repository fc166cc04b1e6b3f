#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace portlight::launcher {

/// Connects to hosts on behalf of a rootless engine, whose network namespace is not the host's: a
/// process that was forked before the engine entered it, and that gives connected sockets back. It
/// ends with the engine.
class HostDialer {
public:
    /// Forks; single-threaded callers only.
    static Result<HostDialer> start();

    /// A TCP socket connected to @p host (a name or an address). Thread-safe; blocks for at most a
    /// name look-up and a connection attempt (20 s for each address).
    /// Errors: Unavailable with the cause.
    Result<Fd> dial(const std::string& host, std::uint16_t port) const;

private:
    explicit HostDialer(Fd socket)
        : m_socket(std::move(socket))
    {
    }
    Fd m_socket;
};

} // namespace portlight::launcher
