#pragma once

#include "tests/support/image_store_run.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Archives that are broken, incomplete or lie, and the pieces they are made of.
namespace portlight::test {

using Files = std::vector<std::pair<std::string, std::string>>; ///< member names and contents

/// A sound image of two layers, compressed as @p inner says.
TestImage smallImage(Compression inner = Compression::None);

/// @p files as a tar, compressed as @p compression says.
std::string packed(const Files& files, Compression compression = Compression::None);

/// The contents of the first member whose name contains @p name; there must be one.
std::string& file(Files& files, std::string_view name);

/// @p files with other contents of that member.
Files with(Files files, std::string_view name, std::string bytes);

struct HostileArchive {
    const char* name;
    std::function<std::string()> archive;
    const char* refusal; ///< part of the error's message
};

/// The table of them.
const std::vector<HostileArchive>& hostileArchives();

} // namespace portlight::test
