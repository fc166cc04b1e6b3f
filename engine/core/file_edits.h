#pragma once

#include "engine/base/fd.h"
#include "engine/core/container_root.h"

#include <optional>
#include <string>
#include <sys/types.h>

/// Changes of a tree that belongs to somebody else: every path is resolved with the tree's root as
/// "/", the last part of what is renamed or removed is never followed, and no call crosses a mount.
/// Blocking. Errors: NotFound, Conflict (something is there, in use, or changed meanwhile),
/// Forbidden (read-only), InvalidArgument.
namespace portlight::core {

struct NewFile {
    std::optional<mode_t> mode; ///< nullopt: as the file that is replaced has it, 0644 for a new
    std::optional<uid_t> uid; ///< nullopt: as the file that is replaced, or as the directory
    std::optional<gid_t> gid;
    bool isNew = false; ///< nothing may be there
    std::string expected; ///< ModifiedAt that the file must still have; empty: whatever it has
};

/// Gives the file at @p place the bytes of @p content, from its beginning: readers see the old or
/// the new ones, never a part. A symlink is followed inside of the root. What is a mount point is
/// written in place, because it cannot be exchanged.
Result<void> writeFileInRoot(const RootedPath& place, const Fd& content, const NewFile& options);

/// @p withParents: those that are missing too, and one that is there is well.
Result<void> makeDirectoryInRoot(const RootedPath& place, const NewFile& options, bool withParents);

/// Also from one mount to another, by a copy. @p overwrites: a file or an empty directory that is
/// there.
Result<void> renameInRoot(const RootedPath& from, const RootedPath& to, bool overwrites);

/// @p isRecursive: a directory with all below it.
Result<void> removeInRoot(const RootedPath& place, bool isRecursive);

} // namespace portlight::core
