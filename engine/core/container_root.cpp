#include "engine/core/container_root.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/image_view.h"
#include "engine/runtime/mount_api.h"
#include "engine/runtime/root_paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace portlight::core {

namespace {

Result<runtime::LaunchOptions> launchOptions(const std::string& bundle)
{
    PL_TRY(const auto text, readFile(bundle + "/launch.json"));
    PL_TRY(const auto json, parseJson(text));
    return runtime::launchOptionsFromJson(json);
}

/// The mount that @p path lies in, the innermost; nullptr where it is in the container's layers.
const MountRequest* mountOf(const std::vector<MountRequest>& mounts, const std::string& path)
{
    const MountRequest* found = nullptr;
    for (const auto& mount : mounts) {
        const bool isBelow = path == mount.target || path.starts_with(mount.target + "/");
        if (isBelow && mount.kind != MountRequest::Kind::Tmpfs
            && (found == nullptr || mount.target.size() > found->target.size()))
            found = &mount;
    }
    return found;
}

/// The layers with the container's own on top and writable, for the holder of the descriptor alone.
Result<Fd> openWritable(const std::string& bundle)
{
    PL_TRY(const auto options, launchOptions(bundle));
    PL_TRY(removeTree(bundle + "/work/work/incompat")); // as before each start
    runtime::FsOptions words;
    for (const auto& directory : options.lowerDirs)
        words.emplace_back("lowerdir+", directory);
    words.emplace_back("upperdir", bundle + "/upper");
    words.emplace_back("workdir", bundle + "/work");
    if (options.useUserXattr)
        words.emplace_back("userxattr", "");
    return runtime::makeMount("overlay", "overlay", words, 0);
}

/// os.FileMode of Go, which docker's clients read.
std::uint32_t goMode(mode_t mode)
{
    std::uint32_t bits = mode & 0777U;
    const auto add = [&bits](bool isSo, unsigned shift) { bits |= isSo ? 1U << shift : 0U; };
    add(S_ISDIR(mode), 31);
    add(S_ISLNK(mode), 27);
    add(S_ISBLK(mode) || S_ISCHR(mode), 26);
    add(S_ISFIFO(mode), 25);
    add(S_ISSOCK(mode), 24);
    add((mode & S_ISUID) != 0, 23);
    add((mode & S_ISGID) != 0, 22);
    add(S_ISCHR(mode), 21);
    add((mode & S_ISVTX) != 0, 20);
    return bits;
}

/// Where a link leads to inside the root, for clients that follow it themselves.
std::string linkTarget(const RootedPath& place, const NamedPlace& link)
{
    if (const auto target = openInRoot(place.root, place.path, O_PATH))
        if (auto path = runtime::pathBelow(place.root, target.value()))
            return std::move(path).value();
    std::string text(4096, '\0');
    const ssize_t size =
        ::readlinkat(link.parent.get(), link.name.c_str(), text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    if (text.starts_with('/'))
        return text;
    return place.path.substr(0, place.path.rfind('/') + 1) + text;
}

} // namespace

Result<Fd> openLayers(const std::string& bundle)
{
    PL_TRY(auto options, launchOptions(bundle));
    options.lowerDirs.insert(options.lowerDirs.begin(), bundle + "/upper");
    return openImageView(options.lowerDirs, options.useUserXattr);
}

Result<RootedPath> openRoot(const RootRequest& request, const std::string& path, bool forWriting)
{
    RootedPath place;
    place.path = path.starts_with('/') ? path : "/" + path;
    if (place.path.find('\0') != std::string::npos || place.path.size() > 4096)
        return makeError(Errc::InvalidArgument, "invalid path");
    const MountRequest* mount = mountOf(request.mounts, place.path);
    place.isReadOnly = mount != nullptr ? mount->isReadOnly : request.isRootReadOnly;
    if (request.pid > 0) {
        PL_TRY(place.root,
            openFile("/proc/" + std::to_string(request.pid) + "/root", O_PATH | O_DIRECTORY));
        return place;
    }
    if (mount == nullptr) {
        PL_TRY(place.root, forWriting ? openWritable(request.bundle) : openLayers(request.bundle));
        return place;
    }
    struct stat info {};
    if (::stat(mount->source.c_str(), &info) != 0)
        return errnoError(errno, "look at '" + mount->source + "'");
    std::string source = mount->source;
    place.mountedAt = mount->target;
    place.path = place.path.substr(mount->target.size());
    if (!S_ISDIR(info.st_mode)) { // a single file: the directory around it stands for the root
        place.isFileMount = true;
        place.path = source.substr(source.rfind('/'));
        source = source.substr(0, source.rfind('/') + 1);
    }
    PL_TRY(place.root, openFile(source, O_PATH | O_DIRECTORY));
    if (!mount->subpath.empty()) {
        PL_TRY(place.root, openInRoot(place.root, mount->subpath, O_PATH | O_DIRECTORY));
    }
    if (place.path.empty())
        place.path = "/";
    return place;
}

std::string archiveName(const std::string& path)
{
    std::string text = path;
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    return text == "/" ? text : text.substr(text.rfind('/') + 1);
}

Result<NamedPlace> splitInRoot(const Fd& root, const std::string& path)
{
    NamedPlace place;
    const std::string name = archiveName(path);
    if (path.ends_with('/') || name == "." || name == ".." || name == "/") {
        PL_TRY(const auto directory, openInRoot(root, path, O_PATH | O_DIRECTORY));
        PL_TRY(place.parent, openAt(directory, ".", O_RDONLY | O_DIRECTORY));
        place.name = ".";
        return place;
    }
    const std::string parent = path.substr(0, path.rfind('/') + 1);
    PL_TRY(const auto directory, openInRoot(root, parent, O_PATH | O_DIRECTORY));
    PL_TRY(place.parent, openAt(directory, ".", O_RDONLY | O_DIRECTORY));
    place.name = name;
    return place;
}

std::int64_t modifiedNs(const struct stat& info)
{
    return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

Result<Json> statInRoot(const RootedPath& place, const std::string& shownPath)
{
    PL_TRY(const auto named, splitInRoot(place.root, place.path));
    struct stat info {};
    if (::fstatat(named.parent.get(), named.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "look at '" + shownPath + "'");
    Json json { { "name", archiveName(shownPath) }, { "size", info.st_size },
        { "mode", goMode(info.st_mode) }, { "mtime", formatTimestamp(modifiedNs(info)) } };
    json["linkTarget"] = S_ISLNK(info.st_mode) ? linkTarget(place, named) : std::string();
    return json;
}

} // namespace portlight::core
