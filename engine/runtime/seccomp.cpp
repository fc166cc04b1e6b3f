#include "engine/runtime/seccomp.h"

#include "engine/base/syscalls.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

namespace portlight::runtime {

Result<SeccompFilter> seccompFromBytes(std::string_view bytes)
{
    if (bytes.empty() || bytes.size() % sizeof(sock_filter) != 0
        || bytes.size() > BPF_MAXINSNS * sizeof(sock_filter))
        return makeError(Errc::InvalidArgument, "this is not a seccomp filter");
    SeccompFilter filter;
    filter.instructions.resize(bytes.size() / sizeof(sock_filter));
    std::memcpy(filter.instructions.data(), bytes.data(), bytes.size());
    return filter;
}

Result<SeccompFilter> loadSeccomp(const std::string& path)
{
    constexpr std::size_t kMaxBytes = BPF_MAXINSNS * sizeof(sock_filter);
    PL_TRY(const auto bytes, readFile(path, kMaxBytes));
    auto filter = seccompFromBytes(bytes);
    if (!filter)
        return makeError(Errc::InvalidArgument, "'" + path + "' is not a seccomp filter");
    return filter;
}

Result<Fd> installSeccomp(const SeccompFilter& filter)
{
    if (filter.instructions.empty())
        return Fd();
    sock_fprog program {};
    program.len = static_cast<unsigned short>(filter.instructions.size());
    program.filter = const_cast<sock_filter*>(filter.instructions.data());
    const unsigned flags =
        filter.flags | (filter.hasListener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0U);
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (result < 0)
        return errnoError(errno, "install seccomp filter");
    return filter.hasListener ? Fd(static_cast<int>(result)) : Fd();
}

} // namespace portlight::runtime
