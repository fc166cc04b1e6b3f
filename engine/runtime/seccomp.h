#pragma once

#include "engine/base/result.h"

#include <linux/filter.h>

#include <string>
#include <vector>

namespace portlight::runtime {

/// A compiled filter, ready for the kernel.
struct SeccompFilter {
    std::vector<sock_filter> instructions; ///< empty: none
};

/// Reads what compileSeccomp() gave and somebody wrote to @p path. Errors: InvalidArgument for a
/// file that cannot be a filter.
Result<SeccompFilter> loadSeccomp(const std::string& path);

/// seccomp(2), SECCOMP_SET_MODE_FILTER. Needs no_new_privs or CAP_SYS_ADMIN. Allocates nothing.
Result<void> installSeccomp(const SeccompFilter& filter);

} // namespace portlight::runtime
