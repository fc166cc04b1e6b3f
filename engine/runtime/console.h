#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

#include <optional>

/// The container's terminal: a pty of its own devpts instance, never one of the caller's.
namespace portlight::runtime {

struct Console {
    Fd master; ///< goes to the shim
    Fd peer; ///< the container's end
};

/// Opens a pty in the devpts mounted at /dev/pts below @p root. The end comes from the master
/// (TIOCGPTPEER), so that no name in /dev/pts is trusted. pty(7), config.md, Process.terminal.
/// Errors: Forbidden where /dev/pts/ptmx is something else.
Result<Console> openTerminal(const Fd& root, const std::optional<oci::ConsoleSize>& size);

/// As openTerminal, with the pty's end bound over /dev/console.
Result<Console> makeConsole(const Fd& root, const std::optional<oci::ConsoleSize>& size);

/// Makes @p peer standard input, output and error and the controlling terminal; the caller leads a
/// session already. @p uid becomes its owner.
Result<void> takeConsole(const Fd& peer, std::uint32_t uid);

/// TIOCSWINSZ.
Result<void> resizeConsole(const Fd& master, const oci::ConsoleSize& size);

} // namespace portlight::runtime
