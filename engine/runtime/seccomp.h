#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <linux/filter.h>

#include <string>
#include <string_view>
#include <vector>

namespace portlight::runtime {

/// A compiled filter, ready for the kernel.
struct SeccompFilter {
    std::vector<sock_filter> instructions; ///< empty: none
    unsigned flags = 0; ///< SECCOMP_FILTER_FLAG_…
    bool hasListener = false; ///< some calls are answered by who holds the notification descriptor
    std::string listenerPath; ///< the socket that gets that descriptor; absolute
    std::string listenerMetadata;
};

/// Reads what compileSeccomp() gave and somebody wrote to @p path. Errors: InvalidArgument for a
/// file that cannot be a filter.
Result<SeccompFilter> loadSeccomp(const std::string& path);

/// The filter from the bytes of compileSeccomp(). Errors as loadSeccomp.
Result<SeccompFilter> seccompFromBytes(std::string_view bytes);

/// seccomp(2), SECCOMP_SET_MODE_FILTER. Needs no_new_privs or CAP_SYS_ADMIN. Allocates nothing.
/// The notification descriptor of a filter that has a listener, otherwise an empty one.
Result<Fd> installSeccomp(const SeccompFilter& filter);

} // namespace portlight::runtime
