#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// One wrapper per system call: descriptor before path, EINTR inside, O_CLOEXEC always, errors name
/// what was tried. Paths inside containers or layers go through openInRoot only.
namespace portlight {

/// open(2). @p flags gets O_CLOEXEC.
Result<Fd> openFile(const std::string& path, int flags, mode_t mode = 0644);
/// openat(2) below @p dir; the path is ours (never from an archive or a container).
Result<Fd> openAt(const Fd& dir, const std::string& path, int flags, mode_t mode = 0644);
/// Opens @p path with @p root taken as "/": neither symlinks nor ".." can leave it. Magic links
/// (procfs) are refused. Errors: NotFound, Forbidden, Internal. openat2(2), RESOLVE_IN_ROOT.
Result<Fd> openInRoot(
    const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode = 0);
/// As openInRoot, but nothing may be resolved outside @p root: an attempt is an error instead of
/// being clamped, and no symlink is followed. openat2(2), RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS.
Result<Fd> openBeneath(
    const Fd& root, const std::string& path, std::uint64_t flags, mode_t mode = 0);

/// True where something is mounted on @p name in @p parent, in whatever mount namespace @p parent
/// comes from. The kernel says EBUSY only for the caller's own: elsewhere unlink and rename take
/// the mount away from under those who use it. openat2(2), RESOLVE_NO_XDEV.
bool isMountPoint(const Fd& parent, const std::string& name);

/// Reads until end of file; more than @p limitBytes is an InvalidArgument error.
Result<std::string> readFile(const std::string& path, std::size_t limitBytes = 64U << 20U);
/// Reads @p fd from its position until end of file, as readFile.
Result<std::string> readAll(const Fd& fd, std::size_t limitBytes = 64U << 20U);
/// Writes all of @p bytes (write(2) in a loop).
Result<void> writeAll(const Fd& fd, std::string_view bytes);
/// Writes an existing file in one write(2), as cgroup and procfs files want it.
Result<void> writeExisting(const std::string& path, std::string_view bytes);
/// Replaces @p path so that a reader or a crash sees the old or the new bytes, never a part:
/// temporary name, fsync, rename, fsync of the directory.
Result<void> writeFileDurably(const std::string& path, std::string_view bytes, mode_t mode = 0600);

/// mkdir -p. Directories that are made get @p mode.
Result<void> makeDirs(const std::string& path, mode_t mode = 0700);
/// rm -rf that never follows a symlink; a missing @p path is success.
Result<void> removeTree(const std::string& path);

/// Calls @p take with every name in @p directory but "." and "..", in no order, until it answers
/// false. readdir(3) on a descriptor of its own, so that @p directory keeps its position.
Result<void> eachName(const Fd& directory, const std::function<bool(std::string_view)>& take);
/// All of them, sorted.
Result<std::vector<std::string>> directoryNames(const Fd& directory);

/// A pipe with both ends O_CLOEXEC.
struct Pipe {
    Fd read;
    Fd write;
};
Result<Pipe> makePipe();

/// F_ADD_SEALS of a memory file, fcntl(2). Write seals are refused with EBUSY as long as the kernel
/// itself holds a page of it for a moment (the sender of sendfile(2), a compaction): tried again up
/// to twenty times, a millisecond apart. Blocks that long at most, but for the kernel's own wait.
Result<void> addSeals(const Fd& memory, int seals);

/// syncfs(2) of the file system that holds @p path.
Result<void> syncFileSystem(const std::string& path);

/// Field 22 of /proc/PID/stat, in clock ticks since boot: with the boot id it names a process for
/// good, whatever the kernel does with the number later. proc(5).
Result<std::uint64_t> processStartTime(pid_t pid);
/// /proc/sys/kernel/random/boot_id.
Result<std::string> bootId();

} // namespace portlight
