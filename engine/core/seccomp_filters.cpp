#include "engine/core/seccomp_filters.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/seccomp_cache.h"
#include "engine/runtime/seccomp_profile.h"

#include <unistd.h>

namespace portlight::core {

Result<std::string> SeccompFilters::pathFor(const std::vector<std::string>& capabilities)
{
    const std::lock_guard lock(m_mutex);
    const auto known = m_paths.find(capabilities);
    if (known != m_paths.end() && ::access(known->second.c_str(), R_OK) == 0)
        return known->second;
    PL_TRY(makeDirs(m_cacheDir));
    PL_TRY(const auto profile, runtime::defaultSeccomp(capabilities));
    PL_TRY(auto path, runtime::compiledSeccompFile(profile, m_cacheDir));
    m_paths[capabilities] = path;
    return path;
}

} // namespace portlight::core
