#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

namespace portlight::runtime {

/// Copies what is in the directory @p from into the root of the detached mount @p to: files,
/// directories, symlinks, FIFOs and nodes with owner, mode and times; nothing is followed and no
/// other mount is entered. The mount option `tmpcopyup`. Errors: of the first entry that cannot be
/// copied (a full tmpfs, for one).
Result<void> copyUp(const Fd& from, const Fd& to);

} // namespace portlight::runtime
