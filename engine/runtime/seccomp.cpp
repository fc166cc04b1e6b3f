#include "engine/runtime/seccomp.h"

#include "engine/base/syscalls.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

namespace portlight::runtime {

Result<SeccompFilter> loadSeccomp(const std::string& path)
{
    constexpr std::size_t kMaxBytes = BPF_MAXINSNS * sizeof(sock_filter);
    PL_TRY(const auto bytes, readFile(path, kMaxBytes));
    if (bytes.empty() || bytes.size() % sizeof(sock_filter) != 0)
        return makeError(Errc::InvalidArgument, "'" + path + "' is not a seccomp filter");
    SeccompFilter filter;
    filter.instructions.resize(bytes.size() / sizeof(sock_filter));
    std::memcpy(filter.instructions.data(), bytes.data(), bytes.size());
    return filter;
}

Result<void> installSeccomp(const SeccompFilter& filter)
{
    if (filter.instructions.empty())
        return success();
    sock_fprog program {};
    program.len = static_cast<unsigned short>(filter.instructions.size());
    program.filter = const_cast<sock_filter*>(filter.instructions.data());
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        return errnoError(errno, "install seccomp filter");
    return success();
}

} // namespace portlight::runtime
