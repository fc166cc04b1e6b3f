#pragma once

#include "engine/launcher/namespace_maker.h"

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

    /// Starts the program unless it runs. Returns once the namespace has its interface. Errors:
    /// Unavailable with what is missing or what the program said.
    Result<void> connect(const NamespaceSet& spaces);

private:
    Result<void> start(const std::string& program, std::vector<std::string> words, const Fd& ready);
    bool isRunning();
    void end();

    Fd m_process; ///< pidfd
    Fd m_output; ///< what it says on standard error
};

} // namespace portlight::launcher
