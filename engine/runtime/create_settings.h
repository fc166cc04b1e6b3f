#pragma once

#include "engine/runtime/program_start.h"
#include "engine/runtime/seccomp.h"

#include <string>

namespace portlight::runtime {

/// What the creator of a container decides beside config.json.
struct CreateSettings {
    StandardStreams streams;
    std::string id; ///< for hooks and seccomp listeners
    SeccompFilter seccomp; ///< in force instead of launch.seccompBpf where it is not empty
    /// A listening SOCK_SEQPACKET socket: the creator may end, and Start comes over it.
    int startSocket = -1;
    unsigned preservedFds = 0; ///< 3 and up to this many more stay open in the container
    bool usesPivotRoot = true; ///< false: for roots that cannot be left (an initramfs)
    bool hasNewKeyring = false; ///< a session keyring of its own: keyrings(7)
};

} // namespace portlight::runtime
