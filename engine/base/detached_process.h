#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace portlight {

/// Starts @p program with @p arguments (its name is added in front) for a life of its own: a
/// session of its own, default signals, "/" as directory, /dev/null as its streams, or @p output
/// for what it writes. A program without "/" in its name is looked for on PATH. @p descriptors
/// become 3, 4, … there. Without forking this process (posix_spawn). @p heldSignal is blocked from
/// the beginning, so that it is not lost (or deadly) before the program has asked for it. Errors:
/// Internal naming the program.
Result<pid_t> spawnDetached(const std::string& program, std::vector<std::string> arguments,
    const std::vector<const Fd*>& descriptors, int heldSignal = 0, const Fd* output = nullptr);

} // namespace portlight
