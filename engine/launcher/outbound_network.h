#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight::launcher {

/// The program that connects the engine's network namespace to the outside as an ordinary user may:
/// pasta(1), else slirp4netns(1). It runs in the host's namespaces and ends with this object.
class OutboundNetwork {
public:
    OutboundNetwork() = default;
    OutboundNetwork(const OutboundNetwork&) = delete;
    OutboundNetwork& operator=(const OutboundNetwork&) = delete;
    ~OutboundNetwork();

    /// Starts the program unless it runs. @p engine is a process in the engine's namespaces (the
    /// programs enter the user namespace first and could not reach this process's descriptors from
    /// there); @p directory is the user's own, for a file. Returns once the namespace has its
    /// interface. Errors: Unavailable with what is missing or what the program said.
    Result<void> connect(pid_t engine, const std::string& directory);

private:
    Result<void> start(const std::string& program, std::vector<std::string> words, const Fd& ready);
    Error explain(const std::string& program, const std::string& what) const;
    bool isRunning();
    void end();

    Fd m_process; ///< pidfd
    Fd m_output; ///< what it says on standard error
};

} // namespace portlight::launcher
