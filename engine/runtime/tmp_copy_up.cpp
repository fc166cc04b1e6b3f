#include "engine/runtime/tmp_copy_up.h"

#include "engine/base/syscalls.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>

namespace portlight::runtime {

namespace {

constexpr int kMaxDepth = 128; // deeper trees are made to exhaust the stack
constexpr std::size_t kChunkBytes = 1U << 20U;

Result<void> copyDirectory(const Fd& from, const Fd& to, int depth);

Result<void> copyBytes(const Fd& from, const Fd& to)
{
    for (;;) {
        const ssize_t sent = ::sendfile(to.get(), from.get(), nullptr, kChunkBytes);
        if (sent == 0)
            return success();
        if (sent < 0 && errno != EINTR)
            return errnoError(errno, "copy bytes");
    }
}

Result<void> copyFile(const Fd& from, const Fd& to, const char* name)
{
    PL_TRY(const auto source, openAt(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    PL_TRY(const auto target, openAt(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    return copyBytes(source, target);
}

Result<void> copyLink(const Fd& from, const Fd& to, const char* name)
{
    char target[PATH_MAX];
    const ssize_t length = ::readlinkat(from.get(), name, target, sizeof target - 1);
    if (length < 0)
        return errnoError(errno, "read symlink");
    target[length] = '\0';
    if (::symlinkat(target, to.get(), name) != 0)
        return errnoError(errno, "make symlink");
    return success();
}

// Owner before mode: chown(2) takes set-id bits away.
Result<void> copyAttributes(const Fd& to, const char* name, const struct stat& info)
{
    if (::fchownat(to.get(), name, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "set owner");
    if (!S_ISLNK(info.st_mode) && ::fchmodat(to.get(), name, info.st_mode & 07777U, 0) != 0)
        return errnoError(errno, "set mode");
    const timespec times[] { info.st_atim, info.st_mtim };
    if (::utimensat(to.get(), name, times, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "set times");
    return success();
}

Result<void> copyEntry(const Fd& from, const Fd& to, const char* name, dev_t device, int depth)
{
    struct stat info {};
    if (::fstatat(from.get(), name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errnoError(errno, "look at it");
    if (S_ISREG(info.st_mode)) {
        PL_TRY(copyFile(from, to, name));
    } else if (S_ISLNK(info.st_mode)) {
        PL_TRY(copyLink(from, to, name));
    } else if (S_ISDIR(info.st_mode)) {
        if (::mkdirat(to.get(), name, 0700) != 0)
            return errnoError(errno, "make directory");
        if (info.st_dev == device) { // what is mounted there is not the image's
            PL_TRY(const auto source, openAt(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
            PL_TRY(const auto target, openAt(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
            PL_TRY(copyDirectory(source, target, depth + 1));
        }
    } else if (S_ISSOCK(info.st_mode)) {
        return success(); // nobody listens at its copy
    } else if (::mknodat(to.get(), name, info.st_mode, info.st_rdev) != 0) {
        return errnoError(errno, "make node");
    }
    return copyAttributes(to, name, info);
}

Result<void> copyDirectory(const Fd& from, const Fd& to, int depth)
{
    if (depth > kMaxDepth)
        return makeError(Errc::InvalidArgument, "directories are nested too deeply");
    struct stat info {};
    if (::fstat(from.get(), &info) != 0)
        return errnoError(errno, "look at directory");
    PL_TRY(auto again, openAt(from, ".", O_RDONLY | O_DIRECTORY));
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(again.get()), &::closedir);
    if (!entries)
        return errnoError(errno, "read directory");
    (void)again.release(); // the stream's now
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string_view name(entry->d_name);
        if (name == "." || name == "..")
            continue;
        auto copied = copyEntry(from, to, entry->d_name, info.st_dev, depth);
        if (!copied)
            return withContext(copied.error(), "copy '" + std::string(name) + "'");
    }
    return success();
}

} // namespace

Result<void> copyUp(const Fd& from, const Fd& to)
{
    PL_TRY(const auto source, openAt(from, ".", O_RDONLY | O_DIRECTORY));
    PL_TRY(const auto target, openAt(to, ".", O_RDONLY | O_DIRECTORY));
    return copyDirectory(source, target, 0);
}

} // namespace portlight::runtime
