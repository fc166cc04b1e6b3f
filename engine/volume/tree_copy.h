#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace portlight::volume {

/// Copies what the directory @p source holds into the directory @p target: files (by reflink where
/// the file system can), directories, symlinks, devices where this user may make them, with owners,
/// modes, times and extended attributes. @p target takes over owner and mode of @p source. Nothing
/// is followed and nothing that exists is replaced, whatever others do in there meanwhile.
/// Blocking.
Result<void> copyTree(const Fd& source, const Fd& target);

/// The same for one entry: @p name in @p source as @p newName in @p target.
Result<void> copyAs(
    const Fd& source, const std::string& name, const Fd& target, const std::string& newName);

/// The rest of @p source, by reflink where that is all of it and the file system can. @p shownName
/// is for errors.
Result<void> copyBytes(const Fd& source, const Fd& target, const std::string& shownName);

/// True where nothing is in @p directory. Blocking.
Result<bool> isEmptyDirectory(const Fd& directory);

/// Bytes allocated to the files below @p directory, without following links. Blocking.
Result<std::int64_t> treeBytes(const Fd& directory);

} // namespace portlight::volume
