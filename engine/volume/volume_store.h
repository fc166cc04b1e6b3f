#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace portlight::volume {

/// The directories of volumes: ROOT/<name>/_data, as docker has them. Blocking, any thread.
class VolumeStore {
public:
    explicit VolumeStore(std::string root)
        : m_root(std::move(root))
    {
    }

    std::string mountpoint(const std::string& name) const { return m_root + "/" + name + "/_data"; }
    /// Makes it where it is not there.
    Result<void> make(const std::string& name) const;
    /// Fills an empty volume with what @p path of @p imageRoot holds; one that holds something and
    /// a path that is no directory are left alone. @p imageRoot is "/" to @p path, however it
    /// winds.
    Result<void> copyUp(
        const std::string& name, const Fd& imageRoot, const std::string& path) const;
    Result<std::int64_t> bytes(const std::string& name) const;
    Result<void> remove(const std::string& name) const;

private:
    std::string m_root;
};

/// Docker's rule: a letter or digit, then letters, digits, "_.-", two in all at least. Errors:
/// InvalidArgument.
Result<void> checkVolumeName(const std::string& name);

} // namespace portlight::volume
