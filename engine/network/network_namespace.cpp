#include "engine/network/network_namespace.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace portlight::network {

namespace {

/// Puts the thread back where it was.
class Return {
public:
    explicit Return(Fd home)
        : m_home(std::move(home))
    {
    }
    Return(const Return&) = delete;
    Return& operator=(const Return&) = delete;
    ~Return()
    {
        if (::setns(m_home.get(), CLONE_NEWNET) != 0)
            std::abort();
    }

private:
    Fd m_home;
};

Result<void> bringUpLoopback()
{
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request {};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (!socket.isOpen() || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return errnoError(errno, "set loopback up");
    return success();
}

} // namespace

Result<void> runInNamespace(const Fd& space, const std::function<Result<void>()>& work)
{
    PL_TRY(auto home, openNetworkNamespace("/proc/thread-self"));
    if (::setns(space.get(), CLONE_NEWNET) != 0)
        return errnoError(errno, "enter a network namespace");
    const Return back(std::move(home));
    return work();
}

Result<Fd> makeNetworkNamespace(const std::function<Result<void>()>& work)
{
    PL_TRY(auto home, openNetworkNamespace("/proc/thread-self"));
    if (::unshare(CLONE_NEWNET) != 0)
        return errnoError(errno, "make a network namespace");
    const Return back(std::move(home));
    PL_TRY(bringUpLoopback());
    PL_TRY(work());
    return openNetworkNamespace("/proc/thread-self");
}

Result<Fd> openNetworkNamespace(const std::string& procPath)
{
    return openFile(procPath + "/ns/net", O_RDONLY);
}

} // namespace portlight::network
