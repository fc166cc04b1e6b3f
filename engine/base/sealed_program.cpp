#include "engine/base/sealed_program.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U // Linux 6.3
#endif

namespace portlight {

namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
// A child's standard streams and the few that it is handed come before.
constexpr int kFirstNumber = 16;

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
    const Fd first(raw);
    Fd file(::fcntl(first.get(), F_DUPFD_CLOEXEC, kFirstNumber));
    if (!file.isOpen())
        return errnoError(errno, "number a descriptor");
    return file;
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
    if (::fchmod(copy.get(), 0500) != 0 || ::fcntl(copy.get(), F_ADD_SEALS, kSeals) != 0)
        return errnoError(errno, "seal the copy of '" + name + "'");
    return copy;
}

} // namespace

Result<SealedProgram> SealedProgram::load(const std::string& path)
{
    PL_TRY(const auto program, openFile(path, O_RDONLY));
    std::string name = path.substr(path.rfind('/') + 1);
    PL_TRY(auto copy, sealedCopyOf(program, name));
    return SealedProgram(std::move(copy), std::move(name));
}

Result<void> ensureSealed(char** arguments)
{
    PL_TRY(const auto program, openFile("/proc/self/exe", O_RDONLY));
    const int seals = ::fcntl(program.get(), F_GET_SEALS);
    if (seals >= 0 && (seals & F_SEAL_WRITE) != 0)
        return success();
    const std::string path(arguments[0]);
    const std::string name = path.substr(path.rfind('/') + 1);
    PL_TRY(const auto copy, sealedCopyOf(program, name));
    ::execve(("/proc/self/fd/" + std::to_string(copy.get())).c_str(), arguments, environ);
    return errnoError(errno, "run the sealed copy of '" + name + "'");
}

} // namespace portlight
