#include "engine/volume/volume_store.h"

#include "engine/base/syscalls.h"
#include "engine/volume/tree_copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace portlight::volume {

Result<void> checkVolumeName(const std::string& name)
{
    const auto isWord = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
            || (letter >= '0' && letter <= '9');
    };
    if (name.size() == 1)
        return makeError(Errc::InvalidArgument,
            "volume name is too short, names should be at least two alphanumeric characters");
    const bool isValid = name.size() <= 255 && !name.empty() && isWord(name.front())
        && std::ranges::all_of(name, [&](char letter) {
               return isWord(letter) || letter == '_' || letter == '.' || letter == '-';
           });
    if (!isValid)
        return makeError(Errc::InvalidArgument,
            "\"" + name.substr(0, 64)
                + "\" includes invalid characters for a local volume name, only "
                  "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host "
                  "directory, use absolute path");
    return success();
}

Result<void> VolumeStore::make(const std::string& name) const
{
    PL_TRY(makeDirs(m_root + "/" + name));
    const std::string data = mountpoint(name);
    if (::mkdir(data.c_str(), 0755) != 0)
        return errno == EEXIST ? Result<void>(success())
                               : errnoError(errno, "make the volume '" + data + "'");
    // The engine's umask is stricter than what containers need.
    PL_TRY(const auto directory, openFile(data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (::fchmod(directory.get(), 0755) != 0)
        return errnoError(errno, "set the mode of '" + data + "'");
    return success();
}

Result<void> VolumeStore::copyUp(
    const std::string& name, const Fd& imageRoot, const std::string& path) const
{
    const auto source = openInRoot(imageRoot, path, O_RDONLY | O_DIRECTORY);
    if (!source)
        return success();
    PL_TRY(const auto target, openFile(mountpoint(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    PL_TRY(const bool isEmpty, isEmptyDirectory(target));
    if (!isEmpty)
        return success();
    return copyTree(source.value(), target);
}

Result<std::int64_t> VolumeStore::bytes(const std::string& name) const
{
    PL_TRY(const auto directory, openFile(mountpoint(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return treeBytes(directory);
}

Result<void> VolumeStore::remove(const std::string& name) const
{
    return removeTree(m_root + "/" + name);
}

namespace {

constexpr const char* kStaged = ".new-"; ///< no volume's or snapshot's name begins like this

Result<void> makeData(const TempDir& staged)
{
    const std::string data = VolumeStore::dataOf(staged);
    if (::mkdir(data.c_str(), 0755) != 0)
        return errnoError(errno, "make '" + data + "'");
    PL_TRY(const auto directory, openFile(data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (::fchmod(directory.get(), 0755) != 0)
        return errnoError(errno, "set the mode of '" + data + "'");
    return success();
}

Result<void> renameNew(const std::string& from, const std::string& to, const std::string& what)
{
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return success();
    if (errno == EEXIST)
        return makeError(Errc::Conflict, what + " exists already");
    return errnoError(errno, "make " + what);
}

} // namespace

Result<TempDir> VolumeStore::stage() const
{
    PL_TRY(makeDirs(m_root));
    PL_TRY(auto staged, TempDir::create(m_root, kStaged));
    PL_TRY(makeData(staged));
    return staged;
}

Result<void> VolumeStore::adopt(TempDir staged, const std::string& name) const
{
    PL_TRY(syncFileSystem(staged.path()));
    PL_TRY(renameNew(staged.path(), m_root + "/" + name, "volume '" + name + "'"));
    static_cast<void>(staged.keep());
    return success();
}

Result<void> VolumeStore::exchange(const TempDir& staged, const std::string& name) const
{
    PL_TRY(syncFileSystem(staged.path()));
    if (::renameat2(
            AT_FDCWD, dataOf(staged).c_str(), AT_FDCWD, mountpoint(name).c_str(), RENAME_EXCHANGE)
        != 0)
        return errnoError(errno, "exchange the data of volume '" + name + "'");
    return success();
}

Result<void> VolumeStore::collect() const
{
    const auto root = openFile(m_root, O_RDONLY | O_DIRECTORY);
    if (!root)
        return success(); // nothing was ever made
    PL_TRY(const auto names, directoryNames(root.value()));
    for (const auto& name : names) {
        if (name.starts_with(kStaged)) {
            PL_TRY(removeTree(m_root + "/" + name));
            continue;
        }
        const auto inner = openFile(snapshotDir(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (!inner)
            continue;
        PL_TRY(const auto snapshots, directoryNames(inner.value()));
        for (const auto& snapshot : snapshots)
            if (snapshot.starts_with(kStaged)) {
                PL_TRY(removeTree(snapshotDir(name) + "/" + snapshot));
            }
    }
    return success();
}

Result<Snapshot> VolumeStore::makeSnapshot(
    const std::string& name, const Fd& source, const std::string& snapshot) const
{
    PL_TRY(makeDirs(snapshotDir(name)));
    PL_TRY(auto staged, TempDir::create(snapshotDir(name), kStaged));
    PL_TRY(makeData(staged));
    PL_TRY(const auto target, openFile(dataOf(staged), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    PL_TRY(copyTree(source, target));
    PL_TRY(syncFileSystem(staged.path()));
    PL_TRY(renameNew(staged.path(), snapshotDir(name) + "/" + snapshot,
        "snapshot '" + snapshot + "' of volume '" + name + "'"));
    static_cast<void>(staged.keep());
    PL_TRY(const auto all, snapshots(name));
    const auto made = std::ranges::find(all, snapshot, &Snapshot::name);
    if (made == all.end())
        return makeError(Errc::NotFound, "the snapshot was removed meanwhile");
    return *made;
}

Result<std::vector<Snapshot>> VolumeStore::snapshots(const std::string& name) const
{
    std::vector<Snapshot> all;
    const auto directory = openFile(snapshotDir(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory)
        return all;
    PL_TRY(const auto names, directoryNames(directory.value()));
    for (const auto& each : names) {
        struct stat info {};
        // Nothing is put into the directory after its data: its time is when it was made.
        if (each.starts_with(kStaged)
            || ::fstatat(directory.value().get(), each.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        all.push_back({ each,
            static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000
                + info.st_mtim.tv_nsec });
    }
    std::ranges::sort(
        all, {}, [](const Snapshot& each) { return std::pair(each.createdAtNs, each.name); });
    return all;
}

Result<Fd> VolumeStore::openSnapshot(const std::string& name, const std::string& snapshot) const
{
    PL_TRY(checkVolumeName(snapshot));
    auto opened = openFile(
        snapshotDir(name) + "/" + snapshot + "/_data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened)
        return makeError(
            Errc::NotFound, "volume '" + name + "' has no snapshot '" + snapshot + "'");
    return opened;
}

Result<void> VolumeStore::removeSnapshot(const std::string& name, const std::string& snapshot) const
{
    PL_TRY(openSnapshot(name, snapshot));
    return removeTree(snapshotDir(name) + "/" + snapshot);
}

} // namespace portlight::volume
