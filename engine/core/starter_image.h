#pragma once

#include "engine/core/archive_service.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Where the starter image may lie, best first: beside the programs, then the system's.
std::vector<std::string> starterImagePaths(const std::string& programDirectory);

/// Imports the first of @p paths that is there, once in the life of @p dataRoot and only where no
/// image has ever been: a first container then runs without any network. Without such a file it
/// does nothing and may do it at another start. Errors: as ArchiveService::loadFile.
Task<void> importStarterImage(ArchiveService& archives, image::ImageStore& images,
    asio::thread_pool& workers, std::string dataRoot, std::vector<std::string> paths);

} // namespace portlight::core
