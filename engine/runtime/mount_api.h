#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The descriptor-based mount calls (Linux 5.2, mount_setattr 5.12): a mount is made detached, then
/// put on a target that is an open descriptor, so that no path is resolved twice.
namespace portlight::runtime {

/// An option of a file system; an empty value is a flag.
using FsOption = std::pair<std::string, std::string>;
using FsOptions = std::vector<FsOption>;

/// A new detached mount of @p type. @p attributes are MOUNT_ATTR_ flags. Errors carry the kernel's
/// own words where it gives any. fsopen(2), fsconfig(2), fsmount(2).
Result<Fd> makeMount(const std::string& type, const std::string& source, const FsOptions& options,
    std::uint64_t attributes);

/// A detached copy of the tree at @p path below @p dirFd (AT_FDCWD: the working directory).
/// open_tree(2).
Result<Fd> cloneTree(int dirFd, const std::string& path, bool isRecursive);
/// As cloneTree, of the object that @p fd refers to.
Result<Fd> cloneTreeOf(const Fd& fd, bool isRecursive);

/// Puts the detached @p mount over the object @p target. move_mount(2).
Result<void> attachMount(const Fd& mount, const Fd& target);

struct MountChange {
    std::uint64_t set = 0; ///< MOUNT_ATTR_ flags
    std::uint64_t clear = 0;
    std::uint64_t propagation = 0; ///< MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE or 0
    bool isRecursive = false;
};
/// Maps the ids of the detached @p mount (with @p isTree of all mounts below it, too) as the user
/// namespace @p map does. mount_setattr(2), MOUNT_ATTR_IDMAP; Linux 5.12. Errors: NotImplemented
/// where the file system or the kernel cannot.
Result<void> mapMountIds(const Fd& mount, const Fd& map, bool isTree);

/// mount_setattr(2) of the mount that @p mount is the root of.
Result<void> changeMount(const Fd& mount, const MountChange& change);

} // namespace portlight::runtime
