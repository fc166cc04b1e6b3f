#include "engine/runtime/root_paths.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <vector>

namespace portlight::runtime {

namespace {

constexpr int kMaxLinks = 40; // as the kernel: ELOOP beyond

// Components of @p path in reverse order, so that the next one is at the back.
void pushComponents(const std::string& path, std::vector<std::string>& pending)
{
    std::size_t end = path.size();
    while (end > 0) {
        const std::size_t slash = path.rfind('/', end - 1);
        const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
        if (begin < end)
            pending.push_back(path.substr(begin, end - begin));
        if (slash == std::string::npos)
            return;
        end = slash;
    }
}

Result<Fd> checkKind(Fd fd, const std::string& path, PathKind kind)
{
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    if (S_ISDIR(info.st_mode) != (kind == PathKind::Directory))
        return makeError(Errc::Conflict,
            "'" + path + "' in the image is "
                + (kind == PathKind::Directory ? "not a directory" : "a directory"));
    return fd;
}

// /proc/PID/fd/N, root, cwd, …: what they lead to is no path below the root, whatever they read as.
bool isMagic(const Fd& root, const std::string& link)
{
    const auto target = openInRoot(root, link, O_PATH);
    return !target && target.error().sysErrno == ELOOP;
}

Result<std::string> readLink(const Fd& link)
{
    char target[PATH_MAX];
    const ssize_t length = ::readlinkat(link.get(), "", target, sizeof target);
    if (length < 0)
        return errnoError(errno, "read symlink");
    return std::string(target, static_cast<std::size_t>(length));
}

Result<void> makeEntry(const Fd& parent, const std::string& name, PathKind kind)
{
    if (kind == PathKind::Directory) {
        if (::mkdirat(parent.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
            return errnoError(errno, "make directory '" + name + "'");
        return success();
    }
    const Fd made(::openat(
        parent.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!made.isOpen() && errno != EEXIST)
        return errnoError(errno, "make file '" + name + "'");
    return success();
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string path;
    for (const std::string& part : parts)
        path += "/" + part;
    return path.empty() ? "/" : path;
}

} // namespace

Result<Fd> ensureInRoot(const Fd& root, const std::string& path, PathKind kind)
{
    if (auto found = openInRoot(root, path, O_PATH))
        return checkKind(std::move(found).value(), path, kind);
    std::vector<std::string> pending;
    std::vector<std::string> resolved; // never holds a symlink
    pushComponents(path, pending);
    int links = 0;
    while (!pending.empty()) {
        const std::string name = std::move(pending.back());
        pending.pop_back();
        if (name == "." || name == "..") {
            if (name == ".." && !resolved.empty())
                resolved.pop_back();
            continue;
        }
        const std::string here = joined(resolved);
        PL_TRY(const auto parent, openInRoot(root, here, O_PATH | O_DIRECTORY));
        resolved.push_back(name);
        Fd entry(::openat(parent.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!entry.isOpen()) {
            if (errno != ENOENT)
                return errnoError(errno, "open '" + joined(resolved) + "'");
            PL_TRY(makeEntry(parent, name, pending.empty() ? kind : PathKind::Directory));
            continue;
        }
        struct stat info {};
        if (::fstat(entry.get(), &info) != 0)
            return errnoError(errno, "look at '" + joined(resolved) + "'");
        if (!S_ISLNK(info.st_mode))
            continue;
        if (isMagic(root, joined(resolved)))
            return makeError(Errc::Forbidden,
                "'" + path + "' goes through a link of the kernel's to another place");
        if (++links > kMaxLinks)
            return errnoError(ELOOP, "open '" + path + "'");
        PL_TRY(const auto target, readLink(entry));
        resolved.pop_back();
        if (target.starts_with('/'))
            resolved.clear();
        pushComponents(target, pending);
    }
    PL_TRY(auto made, openInRoot(root, joined(resolved), O_PATH));
    return checkKind(std::move(made), path, kind);
}

Result<Fd> ensureNoFollow(const Fd& root, const std::string& path, PathKind kind)
{
    std::string wanted = path;
    while (wanted.size() > 1 && wanted.back() == '/')
        wanted.pop_back();
    const std::size_t slash = wanted.rfind('/');
    const std::string name = wanted.substr(slash + 1);
    if (name.empty() || name == "." || name == "..")
        return ensureInRoot(root, path, kind);
    PL_TRY(const auto parent, ensureInRoot(root, wanted.substr(0, slash + 1), PathKind::Directory));
    auto entry = openAt(parent, name, O_PATH | O_NOFOLLOW);
    if (!entry && entry.error().sysErrno == ENOENT) {
        PL_TRY(makeEntry(parent, name, kind));
        entry = openAt(parent, name, O_PATH | O_NOFOLLOW);
    }
    PL_TRY(auto found, std::move(entry));
    return checkKind(std::move(found), path, kind);
}

Result<void> ensureSymlink(const Fd& root, const std::string& path, const std::string& target)
{
    std::string wanted = path;
    while (wanted.size() > 1 && wanted.back() == '/')
        wanted.pop_back();
    const std::size_t slash = wanted.rfind('/');
    PL_TRY(const auto parent, ensureInRoot(root, wanted.substr(0, slash + 1), PathKind::Directory));
    if (::symlinkat(target.c_str(), parent.get(), wanted.c_str() + slash + 1) == 0)
        return success();
    if (errno == EEXIST) {
        if (const auto entry = openAt(parent, wanted.substr(slash + 1), O_PATH | O_NOFOLLOW)) {
            const auto present = readLink(entry.value());
            if (present && present.value() == target)
                return success();
        }
    }
    return errnoError(errno, "make symlink '" + path + "'");
}

Result<std::string> pathBelow(const Fd& root, const Fd& fd)
{
    const auto pathOf = [](const Fd& each) -> Result<std::string> {
        char target[PATH_MAX];
        const std::string link = "/proc/self/fd/" + std::to_string(each.get());
        const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
        if (length < 0)
            return errnoError(errno, "read '" + link + "'");
        return std::string(target, static_cast<std::size_t>(length));
    };
    PL_TRY(const auto top, pathOf(root));
    PL_TRY(const auto path, pathOf(fd));
    if (path == top)
        return std::string("/");
    if (top == "/") // a mount of nobody's, and what a process of another mount namespace has as "/"
        return path;
    if (!path.starts_with(top + "/"))
        return makeError(Errc::Internal, "'" + path + "' is not below the container's root");
    return path.substr(top.size());
}

} // namespace portlight::runtime
