#include "engine/core/tree_removal.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::core {

namespace {

constexpr int kMostDepth = 1024; ///< a descriptor each

Error removalError(int number, const std::string& shown)
{
    Error error = errnoError(number, "remove '" + shown + "'");
    if (number == EROFS)
        error.code = Errc::Forbidden;
    if (number == EXDEV || number == EBUSY)
        error = makeError(
            Errc::Conflict, "remove '" + shown + "': something is mounted there, or it is in use");
    if (number == ENOTEMPTY)
        error = makeError(Errc::Conflict, "remove '" + shown + "': somebody puts files into it");
    return error;
}

Result<void> removeName(
    const Fd& parent, const std::string& name, const std::string& shown, int depth);

Result<void> removeContent(const Fd& directory, const std::string& shown, int depth)
{
    if (depth > kMostDepth)
        return makeError(Errc::InvalidArgument,
            "directories are nested deeper than " + std::to_string(kMostDepth)
                + " levels; remove the inner ones first");
    PL_TRY(const auto names, directoryNames(directory));
    for (const auto& name : names) {
        PL_TRY(removeName(directory, name, shown + "/" + name, depth));
    }
    return success();
}

Result<void> removeName(
    const Fd& parent, const std::string& name, const std::string& shown, int depth)
{
    struct stat info {};
    if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT && depth > 0 ? Result<void>(success()) : removalError(errno, shown);
    if (isMountPoint(parent, name))
        return removalError(EBUSY, shown);
    if (!S_ISDIR(info.st_mode)) {
        if (::unlinkat(parent.get(), name.c_str(), 0) != 0 && errno != ENOENT)
            return removalError(errno, shown);
        return success();
    }
    PL_TRY(const auto directory, openAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    PL_TRY(removeContent(directory, shown, depth + 1));
    if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return removalError(errno, shown);
    return success();
}

} // namespace

Result<void> removeTreeAt(const Fd& parent, const std::string& name)
{
    return removeName(parent, name, name, 0);
}

} // namespace portlight::core
