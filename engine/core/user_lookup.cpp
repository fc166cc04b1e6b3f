#include "engine/core/user_lookup.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace portlight::core {

namespace {

constexpr std::size_t kUserFileLimit = 4U << 20U;

} // namespace

std::optional<std::string> readFromLayers(
    const std::vector<std::string>& directories, const std::string& path)
{
    for (const auto& directory : directories) {
        const auto root = openFile(directory, O_PATH | O_DIRECTORY);
        if (!root)
            continue;
        // O_PATH first: a FIFO or device planted under this name must not be opened for reading.
        const auto found = openInRoot(root.value(), path, O_PATH);
        if (!found)
            continue;
        struct stat status {};
        if (::fstat(found.value().get(), &status) != 0 || !S_ISREG(status.st_mode))
            return std::nullopt;
        const auto file = openInRoot(root.value(), path, O_RDONLY | O_NONBLOCK);
        if (!file)
            return std::nullopt;
        auto text = readAll(file.value(), kUserFileLimit);
        if (!text)
            return std::nullopt;
        return std::move(text).value();
    }
    return std::nullopt;
}

} // namespace portlight::core
