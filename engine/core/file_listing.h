#pragma once

#include "engine/base/fd.h"
#include "engine/core/container_root.h"
#include "engine/core/layer_marks.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace portlight::core {

/// One name of a directory.
struct FileEntry {
    std::string name; ///< bytes as the file system has them
    struct stat info {}; ///< of the name itself, no link followed
    std::string linkTarget; ///< what a symlink says; empty for everything else
    LayerChange change = LayerChange::None; ///< Removed: `info` is what the image has
};

struct ListingRequest {
    std::size_t limit = 1000; ///< most entries of one answer
    std::string after; ///< only names behind this one; empty: from the first
};

struct FileListing {
    std::string path; ///< where it is, links resolved
    FileEntry self; ///< what the path leads to
    bool isReadOnly = false; ///< nothing can be changed here: image, read-only mount or root
    std::vector<FileEntry> entries; ///< of a directory, by the bytes of their names
    std::size_t total = 0; ///< entries of the whole directory, removed ones counted
    std::string next; ///< the name to go on after; empty: these were the last
};

/// What @p place is and, where it is a directory, what is in it. No more than request.limit names
/// are held at a time, however many there are. @p marks tells what a container changed; null where
/// nothing can be said. Blocking. Errors: NotFound, InvalidArgument.
Result<FileListing> listFiles(
    const RootedPath& place, const ListingRequest& request, const LayerMarks* marks);

/// "file", "directory", "symlink", "fifo", "socket", "block", "character".
std::string_view fileKind(mode_t mode);

/// The object that the last part of @p path names, for reading; a symlink is followed inside of the
/// root. Never waits: a FIFO without a writer, a device or a socket is refused. Blocking. Errors:
/// NotFound, InvalidArgument for what is no regular file.
Result<Fd> openRegularFile(const Fd& root, const std::string& path);

} // namespace portlight::core
