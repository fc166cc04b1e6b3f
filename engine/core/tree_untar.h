#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace portlight::core {

struct UntarOptions {
    std::string base; ///< directory below the root that the archive is unpacked in
    bool keepsKinds = true; ///< a directory is never replaced by something else, nor the reverse
    bool changesBase = false; ///< an entry for the base itself sets its owner and mode
    std::optional<std::pair<uid_t, gid_t>> owner; ///< instead of what the archive says
};

/// Unpacks the tar (also gzip, bzip2, xz, zstd) that @p stream, a pipe, gives, below @p root: every
/// path is resolved with @p root as "/", so neither "..", absolute paths nor links that others swap
/// meanwhile lead out of it. No other program is run. Blocking until the stream ends. Errors:
/// InvalidArgument for what is no tar and for entries that cannot be there, NotFound and Conflict
/// as the file system has them.
Result<void> untarInRoot(const Fd& root, Fd stream, const UntarOptions& options);

} // namespace portlight::core
