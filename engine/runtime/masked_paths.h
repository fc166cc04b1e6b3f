#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace portlight::runtime {

/// Hides linux.maskedPaths (files behind /dev/null, directories behind an empty read-only tmpfs);
/// missing ones are no error.
Result<void> maskPaths(const Fd& root, const std::vector<std::string>& paths);

/// Makes linux.readonlyPaths read-only; missing ones are no error.
Result<void> protectPaths(const Fd& root, const std::vector<std::string>& paths);

} // namespace portlight::runtime
