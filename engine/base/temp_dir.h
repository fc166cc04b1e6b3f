#pragma once

#include "engine/base/result.h"

#include <string>
#include <utility>

namespace portlight {

/// A fresh directory (mode 0700) that is removed with all it holds when its owner goes, unless
/// keep().
class TempDir {
public:
    /// Makes "<parent>/<prefix>XXXXXX". Errors as mkdtemp(3).
    static Result<TempDir> create(const std::string& parent, const std::string& prefix);

    TempDir(TempDir&& other) noexcept
        : m_path(std::exchange(other.m_path, {}))
    {
    }
    TempDir& operator=(TempDir&& other) noexcept;
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    const std::string& path() const noexcept { return m_path; }
    /// Gives the directory to the caller; it stays.
    std::string keep() noexcept { return std::exchange(m_path, {}); }

private:
    explicit TempDir(std::string path)
        : m_path(std::move(path))
    {
    }
    std::string m_path;
};

} // namespace portlight
