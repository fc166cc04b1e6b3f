#include "engine/core/image_view.h"

#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

namespace portlight::core {

namespace {

// Before Linux 6.5, which knows no lowerdir+: mounted in sight for a moment.
Result<Fd> openByPath(const std::vector<std::string>& lowerDirs, bool usesUserXattr)
{
    std::string options = "lowerdir=";
    for (const auto& directory : lowerDirs)
        options += (options.back() == '=' ? "" : ":") + directory;
    if (usesUserXattr)
        options += ",userxattr";
    PL_TRY(const auto place, TempDir::create("/tmp", "portlight-"));
    if (::mount("overlay", place.path().c_str(), "overlay", MS_RDONLY, options.c_str()) != 0)
        return errnoError(errno, "mount the image's layers");
    auto opened = openFile(place.path(), O_RDONLY | O_DIRECTORY);
    ::umount2(place.path().c_str(), MNT_DETACH); // it lives on with the descriptor
    return opened;
}

} // namespace

Result<Fd> openImageView(const std::vector<std::string>& lowerDirs, bool usesUserXattr)
{
    if (lowerDirs.empty())
        return makeError(Errc::NotFound, "the image has no layers");
    if (lowerDirs.size() == 1) // overlayfs wants two; one has nothing to hide
        return openFile(lowerDirs.front(), O_RDONLY | O_DIRECTORY);
    runtime::FsOptions options;
    for (const auto& directory : lowerDirs)
        options.emplace_back("lowerdir+", directory);
    if (usesUserXattr)
        options.emplace_back("userxattr", "");
    auto made = runtime::makeMount("overlay", "overlay", options, MOUNT_ATTR_RDONLY);
    if (!made && (made.error().sysErrno == EINVAL || made.error().sysErrno == ENOSYS))
        return openByPath(lowerDirs, usesUserXattr);
    return made;
}

} // namespace portlight::core
