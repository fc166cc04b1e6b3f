#include "engine/base/syscalls.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>

namespace portlight {

namespace {

Result<Fd> openHow(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode,
    std::uint64_t resolve)
{
    open_how how {};
    how.flags = flags | O_CLOEXEC;
    how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
    how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
    long raw = -1;
    do
        raw = ::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how);
    while (raw < 0 && (errno == EINTR || errno == EAGAIN));
    if (raw < 0)
        return errnoError(errno, "open '" + path + "'");
    return Fd(static_cast<int>(raw));
}

std::string parentOf(const std::string& path)
{
    const auto slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> removeEntries(int dirFd, const std::string& shownPath);

Result<void> removeAt(int parentFd, const char* name, const std::string& shownPath)
{
    if (::unlinkat(parentFd, name, 0) == 0 || errno == ENOENT)
        return success();
    if (errno != EISDIR && errno != EPERM && errno != EACCES)
        return errnoError(errno, "remove '" + shownPath + "'");
    const int raw = ::openat(parentFd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (raw < 0)
        return errnoError(errno, "open '" + shownPath + "'");
    PL_TRY(removeEntries(raw, shownPath));
    if (::unlinkat(parentFd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return errnoError(errno, "remove '" + shownPath + "'");
    return success();
}

// Owns dirFd through the stream.
Result<void> removeEntries(int dirFd, const std::string& shownPath)
{
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::fdopendir(dirFd), &::closedir);
    if (!dir) {
        const int number = errno;
        ::close(dirFd);
        return errnoError(number, "read directory '" + shownPath + "'");
    }
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string_view name(entry->d_name);
        if (name == "." || name == "..")
            continue;
        PL_TRY(removeAt(::dirfd(dir.get()), entry->d_name, shownPath + "/" + entry->d_name));
    }
    return success();
}

} // namespace

Result<Fd> openFile(const std::string& path, int flags, mode_t mode)
{
    int raw = -1;
    do
        raw = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    while (raw < 0 && errno == EINTR);
    if (raw < 0)
        return errnoError(errno, "open '" + path + "'");
    return Fd(raw);
}

Result<Fd> openAt(const Fd& dir, const std::string& path, int flags, mode_t mode)
{
    int raw = -1;
    do
        raw = ::openat(dir.get(), path.c_str(), flags | O_CLOEXEC, mode);
    while (raw < 0 && errno == EINTR);
    if (raw < 0)
        return errnoError(errno, "open '" + path + "'");
    return Fd(raw);
}

Result<Fd> openInRoot(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode)
{
    return openHow(root, path, flags, mode, RESOLVE_IN_ROOT);
}

Result<Fd> openBeneath(const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode)
{
    return openHow(root, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

bool isMountPoint(const Fd& parent, const std::string& name)
{
    const auto opened =
        openHow(parent, name, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
    return !opened && opened.error().sysErrno == EXDEV;
}

Result<std::string> readAll(const Fd& fd, std::size_t limitBytes)
{
    std::string bytes;
    char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, "read");
        if (got == 0)
            return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
        if (bytes.size() > limitBytes)
            return makeError(
                Errc::InvalidArgument, "more than " + std::to_string(limitBytes) + " bytes");
    }
}

Result<std::string> readFile(const std::string& path, std::size_t limitBytes)
{
    PL_TRY(const auto fd, openFile(path, O_RDONLY));
    auto bytes = readAll(fd, limitBytes);
    if (!bytes)
        return withContext(bytes.error(), "read '" + path + "'");
    return bytes;
}

Result<void> writeAll(const Fd& fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errnoError(errno, "write");
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return success();
}

Result<void> writeExisting(const std::string& path, std::string_view bytes)
{
    PL_TRY(const auto fd, openFile(path, O_WRONLY));
    ssize_t put = -1;
    do
        put = ::write(fd.get(), bytes.data(), bytes.size());
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return errnoError(errno, "write '" + path + "'");
    return success();
}

Result<void> writeFileDurably(const std::string& path, std::string_view bytes, mode_t mode)
{
    const std::string temporary = path + ".tmp-" + std::to_string(::getpid());
    PL_TRY(auto fd, openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
    auto written = writeAll(fd, bytes);
    if (written && ::fsync(fd.get()) != 0)
        written = errnoError(errno, "sync");
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = errnoError(errno, "rename");
    if (!written) {
        ::unlink(temporary.c_str());
        return withContext(written.error(), "write '" + path + "'");
    }
    PL_TRY(const auto dir, openFile(parentOf(path), O_RDONLY | O_DIRECTORY));
    if (::fsync(dir.get()) != 0)
        return errnoError(errno, "sync directory of '" + path + "'");
    return success();
}

Result<void> makeDirs(const std::string& path, mode_t mode)
{
    if (path.empty())
        return makeError(Errc::InvalidArgument, "make directory: empty path");
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) {
            struct stat info {};
            const int number = errno;
            if (::stat(part.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
                return errnoError(number, "make directory '" + part + "'");
        }
        if (end == std::string::npos)
            break;
    }
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return errnoError(errno, "make directory '" + path + "'");
    if (!S_ISDIR(info.st_mode))
        return errnoError(ENOTDIR, "make directory '" + path + "'");
    return success();
}

Result<void> removeTree(const std::string& path)
{
    return removeAt(AT_FDCWD, path.c_str(), path);
}

Result<void> eachName(const Fd& directory, const std::function<bool(std::string_view)>& take)
{
    PL_TRY(auto own, openAt(directory, ".", O_RDONLY | O_DIRECTORY));
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), &::closedir);
    if (!stream)
        return errnoError(errno, "list a directory");
    static_cast<void>(own.release());
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr)
            return errno == 0 ? Result<void>(success()) : errnoError(errno, "list a directory");
        const std::string_view name(entry->d_name);
        if (name != "." && name != ".." && !take(name))
            return success();
    }
}

Result<std::vector<std::string>> directoryNames(const Fd& directory)
{
    std::vector<std::string> names;
    const auto add = [&names](std::string_view name) {
        names.emplace_back(name);
        return true;
    };
    PL_TRY(eachName(directory, add));
    std::ranges::sort(names);
    return names;
}

Result<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return errnoError(errno, "make pipe");
    return Pipe { Fd(ends[0]), Fd(ends[1]) };
}

Result<void> syncFileSystem(const std::string& path)
{
    PL_TRY(const auto fd, openFile(path, O_RDONLY));
    if (::syncfs(fd.get()) != 0)
        return errnoError(errno, "sync file system of '" + path + "'");
    return success();
}

Result<void> addSeals(const Fd& memory, int seals)
{
    constexpr int kTries = 20;
    constexpr timespec kPause { 0, 1'000'000 };
    for (int left = kTries; ::fcntl(memory.get(), F_ADD_SEALS, seals) != 0; --left) {
        if (errno != EBUSY || left == 0)
            return errnoError(errno, "seal a file in memory");
        ::nanosleep(&kPause, nullptr);
    }
    return success();
}

Result<std::uint64_t> processStartTime(pid_t pid)
{
    PL_TRY(const auto text, readFile("/proc/" + std::to_string(pid) + "/stat"));
    // The second field is the command name in parentheses and may hold anything, ')' too.
    const auto close = text.rfind(')');
    std::size_t at = close == std::string::npos ? std::string::npos : close + 1;
    for (int field = 3; field <= 22 && at != std::string::npos; ++field)
        at = text.find(' ', field == 3 ? at : at + 1);
    if (at == std::string::npos)
        return makeError(Errc::Internal, "cannot read /proc/" + std::to_string(pid) + "/stat");
    return std::strtoull(text.c_str() + at + 1, nullptr, 10);
}

Result<std::string> bootId()
{
    PL_TRY(auto text, readFile("/proc/sys/kernel/random/boot_id"));
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

} // namespace portlight
