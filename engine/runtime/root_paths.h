#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>

/// Paths inside a container's root, which an image or a volume may have filled with symlinks: every
/// step is resolved with the root's descriptor as "/".
namespace portlight::runtime {

enum class PathKind { Directory, File };

/// The object at @p path below @p root (O_PATH), made with its parents where it is missing; the
/// target of a dangling symlink is made inside the root. Errors: Conflict where something of
/// another kind is there, others as openat2(2).
Result<Fd> ensureInRoot(const Fd& root, const std::string& path, PathKind kind);

/// As ensureInRoot(), but what @p path names itself is not followed if it is a symlink.
Result<Fd> ensureNoFollow(const Fd& root, const std::string& path, PathKind kind);

/// A symlink to @p target at @p path, its parents made where missing; one that is there already and
/// says the same is fine. Errors: Conflict where something else is there.
Result<void> ensureSymlink(const Fd& root, const std::string& path, const std::string& target);

/// Where @p fd is, below @p root as "/…"; for checks and messages only. Errors: Internal when it is
/// not below the root.
Result<std::string> pathBelow(const Fd& root, const Fd& fd);

} // namespace portlight::runtime
