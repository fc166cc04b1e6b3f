#pragma once

#include "engine/base/result.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace portlight::core {

/// Files with the default profile compiled for a set of capabilities: compiled once, kept on disk.
/// Thread-safe; blocking.
class SeccompFilters {
public:
    /// @p cacheDir is made where it is missing.
    explicit SeccompFilters(std::string cacheDir)
        : m_cacheDir(std::move(cacheDir))
    {
    }
    /// Path of the filter. Errors: those of runtime::compiledSeccompFile.
    Result<std::string> pathFor(const std::vector<std::string>& capabilities);

private:
    std::string m_cacheDir;
    std::mutex m_mutex;
    std::map<std::vector<std::string>, std::string> m_paths;
};

} // namespace portlight::core
