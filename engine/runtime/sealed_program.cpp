#include "engine/runtime/sealed_program.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U // Linux 6.3
#endif

namespace portlight::runtime {

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
// A child's standard streams and the few that it is handed come before.
constexpr int kFirstNumber = 16;

std::string nameOf(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

Result<Fd> numbered(const Fd& file)
{
    Fd other(::fcntl(file.get(), F_DUPFD_CLOEXEC, kFirstNumber));
    if (!other.isOpen())
        return errnoError(errno, "number a descriptor");
    return other;
}

Result<Fd> makeCopyFile(const std::string& name)
{
    constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int raw = ::memfd_create(name.c_str(), kFlags | MFD_EXEC);
    if (raw < 0 && errno == EINVAL) // a kernel that does not know the flag makes it executable
        raw = ::memfd_create(name.c_str(), kFlags);
    if (raw < 0 && errno == EACCES)
        return makeError(Errc::Unavailable,
            "this host forbids programs in memory, which keep '" + name
                + "' out of the reach of containers; fix: sysctl -w vm.memfd_noexec=1");
    if (raw < 0)
        return errnoError(errno, "make a file in memory");
    return numbered(Fd(raw));
}

Result<Fd> sealedCopyOf(const Fd& program, const std::string& name)
{
    struct stat info {};
    if (::fstat(program.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return makeError(Errc::InvalidArgument, "'" + name + "' is not a program");
    PL_TRY(auto copy, makeCopyFile(name));
    off_t done = 0;
    while (done < info.st_size) {
        const ssize_t moved = ::sendfile(
            copy.get(), program.get(), &done, static_cast<std::size_t>(info.st_size - done));
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return errnoError(moved < 0 ? errno : EIO, "copy '" + name + "'");
    }
    if (::fchmod(copy.get(), 0500) != 0)
        return errnoError(errno, "make the copy of '" + name + "' a program");
    if (const auto sealed = addSeals(copy, kSeals); !sealed)
        return withContext(sealed.error(), "copy '" + name + "'");
    return copy;
}

// The mount is let go once the file in it is held: no mount call of anybody finds it any more.
Result<Fd> openThroughOverlay(const std::string& path, const std::string& emptyDirectory)
{
    const std::string name = nameOf(path);
    const std::string directory = path.substr(0, path.size() - name.size());
    PL_TRY(makeDirs(emptyDirectory));
    PL_TRY(const auto mount,
        makeMount("overlay", "overlay",
            { { "lowerdir+", directory }, { "lowerdir+", emptyDirectory } },
            MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
    PL_TRY(const auto file, openAt(mount, name, O_PATH | O_NOFOLLOW));
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return makeError(Errc::InvalidArgument, "'" + path + "' is not a program");
    return numbered(file);
}

// Running programs cannot be written anyway (ETXTBSY), so that does not tell.
bool isOutOfReach(const Fd& program)
{
    const int seals = ::fcntl(program.get(), F_GET_SEALS);
    if (seals >= 0 && (seals & F_SEAL_WRITE) != 0)
        return true;
    const Fd writable(::open("/proc/self/exe", O_WRONLY | O_CLOEXEC));
    return !writable.isOpen() && errno == EROFS;
}

} // namespace

Result<SealedProgram> SealedProgram::load(
    const std::string& path, const std::string& emptyDirectory)
{
    if (auto file = openThroughOverlay(path, emptyDirectory))
        return SealedProgram(std::move(file).value(), nameOf(path));
    return copy(path);
}

Result<SealedProgram> SealedProgram::copy(const std::string& path)
{
    PL_TRY(const auto program, openFile(path, O_RDONLY));
    PL_TRY(auto file, sealedCopyOf(program, nameOf(path)));
    return SealedProgram(std::move(file), nameOf(path));
}

Result<void> ensureSealed(char** arguments)
{
    PL_TRY(const auto program, openFile("/proc/self/exe", O_RDONLY));
    if (isOutOfReach(program))
        return success();
    const std::string name = nameOf(arguments[0]);
    PL_TRY(const auto copy, sealedCopyOf(program, name));
    ::execve(("/proc/self/fd/" + std::to_string(copy.get())).c_str(), arguments, environ);
    return errnoError(errno, "run the sealed copy of '" + name + "'");
}

} // namespace portlight::runtime
