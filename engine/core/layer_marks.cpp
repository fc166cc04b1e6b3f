#include "engine/core/layer_marks.h"

#include "engine/base/syscalls.h"
#include "engine/core/image_view.h"
#include "engine/runtime/shim_protocol.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace portlight::core {

namespace {

constexpr int kMostDepth = 512;

bool look(const Fd& directory, const std::string& name, struct stat& info)
{
    return directory.isOpen()
        && ::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

/// overlayfs marks what was deleted by a character device 0:0.
bool isWhiteout(const struct stat& info)
{
    return S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0);
}

Fd directoryIn(const Fd& parent, const std::string& name)
{
    if (!parent.isOpen())
        return Fd();
    auto opened = openAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return opened ? std::move(opened).value() : Fd();
}

Fd directoryBeneath(const Fd& root, const std::string& path)
{
    auto opened = openBeneath(root, path.empty() ? "." : path.substr(1), O_RDONLY | O_DIRECTORY);
    return opened ? std::move(opened).value() : Fd();
}

} // namespace

std::vector<std::string> runtimePaths(const std::vector<MountRequest>& mounts)
{
    std::vector<std::string> paths { "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname",
        "/etc/resolv.conf" };
    for (const auto& mount : mounts)
        paths.push_back(mount.target);
    std::ranges::sort(paths);
    return paths;
}

Result<LayerMarks> LayerMarks::open(
    const std::string& bundle, const std::vector<MountRequest>& mounts)
{
    PL_TRY(const auto text, readFile(bundle + "/launch.json"));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto options, runtime::launchOptionsFromJson(json));
    LayerMarks marks;
    PL_TRY(marks.m_below, openImageView(options.lowerDirs, options.useUserXattr));
    PL_TRY(marks.m_own, openFile(bundle + "/upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    marks.m_hidden = runtimePaths(mounts);
    return marks;
}

bool LayerMarks::isHidden(const std::string& path) const
{
    return std::ranges::binary_search(m_hidden, path);
}

MarkedDirectory LayerMarks::directory(const std::string& path) const
{
    const std::string plain = path == "/" ? "" : path;
    return { plain, directoryBeneath(m_own, plain), directoryBeneath(m_below, plain) };
}

LayerChange LayerMarks::changeOf(
    const MarkedDirectory& at, const std::string& name, const struct stat& seen) const
{
    struct stat own {};
    struct stat before {};
    if (!look(at.own, name, own) || isWhiteout(own) || isHidden(at.path + "/" + name))
        return LayerChange::None;
    if (!look(at.below, name, before)) {
        // Made to mount something on: the container has not done it.
        const bool isForMount = S_ISDIR(own.st_mode)
            && std::ranges::any_of(m_hidden,
                [&](const auto& path) { return path.starts_with(at.path + "/" + name + "/"); })
            && !isChangedDirectory(at, name, own, own, 0);
        return isForMount ? LayerChange::None : LayerChange::Added;
    }
    if (!S_ISDIR(seen.st_mode) || !S_ISDIR(own.st_mode) || !S_ISDIR(before.st_mode))
        return LayerChange::Changed;
    return isChangedDirectory(at, name, own, before, 0) ? LayerChange::Changed : LayerChange::None;
}

/// A directory is in the container's layer also where the runtime alone made something below it.
bool LayerMarks::isChangedDirectory(const MarkedDirectory& at, const std::string& name,
    const struct stat& own, const struct stat& before, int depth) const
{
    if (own.st_mode != before.st_mode || own.st_uid != before.st_uid || own.st_gid != before.st_gid)
        return true;
    const MarkedDirectory inner { at.path + "/" + name, directoryIn(at.own, name),
        directoryIn(at.below, name) };
    return hasChanges(inner, depth + 1);
}

bool LayerMarks::hasChanges(const MarkedDirectory& at, int depth) const
{
    if (!at.own.isOpen() || depth > kMostDepth)
        return true;
    bool isChanged = false;
    bool isEmpty = true;
    const auto take = [&](std::string_view each) {
        const std::string name(each);
        struct stat own {};
        struct stat before {};
        isEmpty = false;
        if (isHidden(at.path + "/" + name) || !look(at.own, name, own))
            return true;
        isChanged = !S_ISDIR(own.st_mode) || !look(at.below, name, before)
            || !S_ISDIR(before.st_mode) || isChangedDirectory(at, name, own, before, depth);
        return !isChanged;
    };
    // One that is there and holds nothing was touched itself.
    return !eachName(at.own, take) || isChanged || isEmpty;
}

} // namespace portlight::core
