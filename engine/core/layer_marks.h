#pragma once

#include "engine/base/fd.h"
#include "engine/core/host_config.h"

#include <string>
#include <sys/stat.h>
#include <vector>

namespace portlight::core {

/// What a container did to a path of its image.
enum class LayerChange { None, Added, Changed, Removed };

/// One directory of a container beside the same one of its image.
struct MarkedDirectory {
    std::string path; ///< "" is the root
    Fd own; ///< in the container's layer; empty: nothing was changed here
    Fd below; ///< in the image; empty: it has no such directory
};

/// Tells what a container changed, a directory at a time. Blocking; plain values and descriptors.
class LayerMarks {
public:
    /// @p bundle is the container's, @p mounts hide what is below them.
    static Result<LayerMarks> open(
        const std::string& bundle, const std::vector<MountRequest>& mounts);

    /// @p path is absolute, without links.
    MarkedDirectory directory(const std::string& path) const;
    /// Of @p name, which the container sees as @p seen.
    LayerChange changeOf(
        const MarkedDirectory& at, const std::string& name, const struct stat& seen) const;

private:
    LayerMarks() = default;
    bool isHidden(const std::string& path) const;
    bool hasChanges(const MarkedDirectory& at, int depth) const;
    bool isChangedDirectory(const MarkedDirectory& at, const std::string& name,
        const struct stat& own, const struct stat& before, int depth) const;

    Fd m_own;
    Fd m_below;
    std::vector<std::string> m_hidden;
};

/// Where the runtime puts what is no file of the container's: mount points and files that it
/// writes. Sorted.
std::vector<std::string> runtimePaths(const std::vector<MountRequest>& mounts);

} // namespace portlight::core
