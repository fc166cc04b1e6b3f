#include "engine/runtime/console.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"
#include "engine/runtime/root_paths.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace portlight::runtime {

namespace {

const dev_t kMultiplexer = makedev(5, 2);

Result<void> checkMultiplexer(const Fd& master)
{
    struct statfs fileSystem {};
    struct stat info {};
    if (::fstatfs(master.get(), &fileSystem) != 0 || ::fstat(master.get(), &info) != 0)
        return errnoError(errno, "look at '/dev/pts/ptmx'");
    if (fileSystem.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(info.st_mode)
        || info.st_rdev != kMultiplexer)
        return makeError(Errc::Forbidden, "'/dev/pts' of the container is not devpts");
    return success();
}

Result<void> bindConsole(const Fd& root, const Fd& peer)
{
    PL_TRY(const auto target, ensureInRoot(root, "/dev/console", PathKind::File));
    PL_TRY(const auto tree, cloneTreeOf(peer, false));
    return attachMount(tree, target);
}

} // namespace

Result<Console> openTerminal(const Fd& root, const std::optional<oci::ConsoleSize>& size)
{
    PL_TRY(auto master, openInRoot(root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY));
    PL_TRY(checkMultiplexer(master));
    int unlocked = 0;
    if (::ioctl(master.get(), TIOCSPTLCK, &unlocked) != 0)
        return errnoError(errno, "unlock terminal");
    Fd peer(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!peer.isOpen())
        return errnoError(errno, "open terminal");
    if (size) {
        PL_TRY(resizeConsole(master, *size));
    }
    return Console { std::move(master), std::move(peer) };
}

Result<Console> makeConsole(const Fd& root, const std::optional<oci::ConsoleSize>& size)
{
    PL_TRY(auto console, openTerminal(root, size));
    PL_TRY(bindConsole(root, console.peer));
    return console;
}

Result<void> takeConsole(const Fd& peer, std::uint32_t uid)
{
    if (::fchown(peer.get(), uid, static_cast<gid_t>(-1)) != 0 && errno != EPERM)
        return errnoError(errno, "give away terminal");
    if (::ioctl(peer.get(), TIOCSCTTY, 0) != 0)
        return errnoError(errno, "take terminal");
    for (int target = 0; target <= 2; ++target) {
        if (::dup2(peer.get(), target) < 0)
            return errnoError(errno, "dup terminal");
    }
    return success();
}

Result<void> resizeConsole(const Fd& master, const oci::ConsoleSize& size)
{
    winsize window {};
    window.ws_col = size.columns;
    window.ws_row = size.rows;
    if (::ioctl(master.get(), TIOCSWINSZ, &window) != 0)
        return errnoError(errno, "resize terminal");
    return success();
}

} // namespace portlight::runtime
