#include "engine/core/file_listing.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/root_paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace portlight::core {

namespace {

constexpr int kLinkBytes = 4096;

/// The first names behind a given one, of however many there are.
class FirstNames {
public:
    explicit FirstNames(const ListingRequest& request)
        : m_request(request)
    {
    }
    void add(std::string_view name)
    {
        if (name <= m_request.after)
            return;
        m_names.emplace(name);
        if (m_names.size() > m_request.limit) {
            m_names.erase(std::prev(m_names.end()));
            m_isCut = true;
        }
    }
    bool holds(std::string_view name) const { return m_names.contains(name); }
    const std::set<std::string, std::less<>>& names() const { return m_names; }
    bool isCut() const { return m_isCut; }

private:
    const ListingRequest& m_request;
    std::set<std::string, std::less<>> m_names;
    bool m_isCut = false;
};

bool look(const Fd& directory, const std::string& name, FileEntry& entry)
{
    if (::fstatat(directory.get(), name.c_str(), &entry.info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    entry.name = name;
    if (S_ISLNK(entry.info.st_mode)) {
        entry.linkTarget.resize(kLinkBytes);
        const ssize_t size = ::readlinkat(
            directory.get(), name.c_str(), entry.linkTarget.data(), entry.linkTarget.size());
        entry.linkTarget.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    return true;
}

/// A container's directory: its files, and beside them those of the image that it removed.
Result<void> listDirectory(const Fd& directory, const ListingRequest& request,
    const LayerMarks* marks, FileListing& listing)
{
    const auto marked = marks == nullptr ? MarkedDirectory() : marks->directory(listing.path);
    FirstNames first(request);
    const auto add = [&](std::string_view name) {
        first.add(name);
        ++listing.total;
        return true;
    };
    PL_TRY(eachName(directory, add));
    // What is in the image only is gone; nothing is where the container's layer has no directory.
    if (marked.own.isOpen() && marked.below.isOpen()) {
        const auto addRemoved = [&](std::string_view name) {
            struct stat info {};
            if (::fstatat(directory.get(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW)
                != 0)
                return add(name);
            return true;
        };
        PL_TRY(eachName(marked.below, addRemoved));
    }
    for (const auto& name : first.names()) {
        FileEntry entry;
        if (look(directory, name, entry)) {
            if (marks != nullptr)
                entry.change = marks->changeOf(marked, name, entry.info);
        } else if (marked.below.isOpen() && look(marked.below, name, entry)) {
            entry.change = LayerChange::Removed;
        } else {
            continue; // gone meanwhile
        }
        listing.entries.push_back(std::move(entry));
    }
    if (first.isCut())
        listing.next = *first.names().rbegin();
    return success();
}

/// Mounts hide the container's layers: there is no telling what was changed below them.
bool isInLayers(const Fd& root, const struct stat& directory)
{
    struct stat top {};
    return ::fstat(root.get(), &top) == 0 && top.st_dev == directory.st_dev;
}

} // namespace

std::string_view fileKind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symlink";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    case S_IFBLK:
        return "block";
    default:
        return "character";
    }
}

Result<FileListing> listFiles(
    const RootedPath& place, const ListingRequest& request, const LayerMarks* marks)
{
    FileListing listing;
    PL_TRY(const auto found, openInRoot(place.root, place.path, O_PATH));
    if (::fstat(found.get(), &listing.self.info) != 0)
        return errnoError(errno, "look at '" + place.path + "'");
    PL_TRY(const auto resolved, runtime::pathBelow(place.root, found));
    const bool isMount = place.isFileMount || (resolved == "/" && !place.mountedAt.empty());
    listing.path = place.mountedAt + (isMount ? "" : resolved);
    listing.self.name = archiveName(listing.path);
    listing.isReadOnly = place.isReadOnly;
    if (!S_ISDIR(listing.self.info.st_mode))
        return listing;
    PL_TRY(const auto directory, openAt(found, ".", O_RDONLY | O_DIRECTORY));
    const bool isMarked =
        marks != nullptr && place.mountedAt.empty() && isInLayers(place.root, listing.self.info);
    PL_TRY(listDirectory(directory, request, isMarked ? marks : nullptr, listing));
    return listing;
}

Result<Fd> openRegularFile(const Fd& root, const std::string& path)
{
    PL_TRY(const auto found, openInRoot(root, path, O_PATH));
    struct stat info {};
    if (::fstat(found.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    const auto refuse = [&] {
        return makeError(Errc::InvalidArgument,
            "'" + path + "' is no regular file but a " + std::string(fileKind(info.st_mode)));
    };
    if (!S_ISREG(info.st_mode))
        return refuse();
    // Looked at again: it may have been exchanged for something that waits or acts when opened.
    PL_TRY(auto file, openInRoot(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    if (::fstat(file.get(), &info) != 0)
        return errnoError(errno, "look at '" + path + "'");
    if (!S_ISREG(info.st_mode))
        return refuse();
    return file;
}

} // namespace portlight::core
