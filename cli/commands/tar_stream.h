#pragma once

#include "cli/client/connection.h"

#include <functional>
#include <string>

namespace portlight::cli {

/// A file or directory tree of ours as a tar stream, piece by piece. Not followed: symbolic links,
/// except @p path itself where @p followsLink. libarchive.
/// @param nameInside what @p path is called in the archive; "." gives the entries of a directory.
Result<std::function<Result<std::string>()>> tarOf(
    const std::string& path, const std::string& nameInside, bool followsLink);

/// Unpacks the body of @p connection, an archive whose first entry is @p rootName, so that this
/// entry becomes @p target. Nothing is written outside of @p target or through links in it. Ids are
/// kept only where @p keepsOwners. Errors: InvalidArgument for a broken or hostile archive.
Result<void> unpackTo(Connection& connection, const std::string& rootName,
    const std::string& target, bool keepsOwners);

} // namespace portlight::cli
