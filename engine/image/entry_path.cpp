#include "engine/image/entry_path.h"

#include <climits>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxDepth = 256;
constexpr std::size_t kMaxShownBytes = 200;

} // namespace

Result<std::string> entryPath(std::string_view name)
{
    std::string path;
    std::size_t depth = 0;
    for (std::size_t start = 0; start < name.size();) {
        const std::size_t end = std::min(name.find('/', start), name.size());
        const std::string_view part = name.substr(start, end - start);
        start = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..")
            return makeError(Errc::InvalidArgument,
                "entry '" + shownName(name) + "' climbs out of the archive with '..'");
        if (part.size() > NAME_MAX || path.size() + part.size() + 1 >= PATH_MAX
            || ++depth > kMaxDepth)
            return makeError(
                Errc::InvalidArgument, "entry '" + shownName(name) + "': the name is too long");
        if (!path.empty())
            path += '/';
        path += part;
    }
    return path;
}

SplitPath splitPath(const std::string& path)
{
    const auto slash = path.rfind('/');
    if (slash == std::string::npos)
        return { "", path };
    return { path.substr(0, slash), path.substr(slash + 1) };
}

std::string shownName(std::string_view name)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string shown;
    for (const char c : name.substr(0, kMaxShownBytes)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            shown += c;
            continue;
        }
        shown += "\\x";
        shown += kHex[byte >> 4U];
        shown += kHex[byte & 15U];
    }
    return name.size() > kMaxShownBytes ? shown + "…" : shown;
}

} // namespace portlight::image
