#include "engine/oci_cli/own_binary.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/mount_api.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace portlight::oci_cli {

namespace {

constexpr const char* kSelf = "/proc/self/exe";
constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

bool isOutOfReach(const Fd& self)
{
    struct statvfs place {};
    const int seals = ::fcntl(self.get(), F_GET_SEALS);
    return (seals >= 0 && (seals & F_SEAL_WRITE) != 0)
        || (::fstatvfs(self.get(), &place) == 0 && (place.f_flag & ST_RDONLY) != 0);
}

Result<Fd> readOnlyMount()
{
    PL_TRY(auto tree, runtime::cloneTree(AT_FDCWD, kSelf, false));
    PL_TRY(runtime::changeMount(tree, runtime::MountChange { MOUNT_ATTR_RDONLY, 0, 0, false }));
    return tree;
}

Result<Fd> sealedCopy(const Fd& self)
{
    Fd copy(::memfd_create("portlight-oci", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
    if (!copy.isOpen() && errno == EINVAL) // before Linux 6.3
        copy.reset(::memfd_create("portlight-oci", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!copy.isOpen())
        return errnoError(errno, "make memory file");
    struct stat info {};
    if (::fstat(self.get(), &info) != 0)
        return errnoError(errno, "look at '/proc/self/exe'");
    for (off_t left = info.st_size; left > 0;) {
        const ssize_t sent =
            ::sendfile(copy.get(), self.get(), nullptr, static_cast<std::size_t>(left));
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return errnoError(sent < 0 ? errno : EIO, "copy '/proc/self/exe'");
        left -= sent;
    }
    if (const auto sealed = addSeals(copy, kSeals); !sealed)
        return withContext(sealed.error(), "copy this program");
    return copy;
}

} // namespace

Result<void> leaveOwnBinary(char** arguments)
{
    PL_TRY(const auto self, openFile(kSelf, O_RDONLY));
    if (isOutOfReach(self))
        return success();
    auto place = readOnlyMount();
    if (!place)
        place = sealedCopy(self);
    if (!place)
        return place.error();
    ::syscall(SYS_execveat, place.value().get(), "", arguments, environ, AT_EMPTY_PATH);
    return errnoError(errno, "execute this program from a place out of reach");
}

} // namespace portlight::oci_cli
