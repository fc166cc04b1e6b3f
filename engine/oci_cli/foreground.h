#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <sys/types.h>

namespace portlight::oci_cli {

/// Blocks the signals that are for the container, from before it is made on.
void holdSignals();

/// Stays with a container's process, a child of this one, until it has ended: passes signals on to
/// it and, where @p console is open, bytes and size between it and this program's own terminal,
/// which is in raw mode meanwhile. Its exit code; 128 + N after signal N.
Result<int> attendProcess(pid_t pid, const Fd& process, const Fd& console);

} // namespace portlight::oci_cli
