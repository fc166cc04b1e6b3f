#include "engine/core/starter_image.h"

#include "engine/base/log.h"
#include "engine/base/syscalls.h"

#include <unistd.h>

namespace portlight::core {

namespace {

// Its presence says that the question has been settled.
std::string markerIn(const std::string& dataRoot)
{
    return dataRoot + "/starter-image";
}

} // namespace

std::vector<std::string> starterImagePaths(const std::string& programDirectory)
{
    return { programDirectory + "/../share/portlight/starter.tar",
        "/usr/share/portlight/starter.tar" };
}

Task<void> importStarterImage(ArchiveService& archives, image::ImageStore& images,
    asio::thread_pool& workers, std::string dataRoot, std::vector<std::string> paths)
{
    if (::access(markerIn(dataRoot).c_str(), F_OK) == 0)
        co_return success();
    auto list = [&images] { return images.list(); };
    PL_CO_TRY(const auto known, co_await offload(workers, std::move(list)));
    if (!known.empty()) {
        PL_CO_TRY(writeFileDurably(markerIn(dataRoot), "not imported: there were images\n"));
        co_return success();
    }
    for (const std::string& path : paths) {
        if (::access(path.c_str(), R_OK) != 0)
            continue;
        PL_CO_TRY(const auto imported, co_await archives.loadFile(path));
        PL_CO_TRY(writeFileDurably(markerIn(dataRoot), path + "\n"));
        log::info("imported the starter image",
            { { "path", path }, { "images", std::to_string(imported.size()) } });
        co_return success();
    }
    co_return success();
}

} // namespace portlight::core
