#include "engine/runtime/namespaces.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace portlight::runtime {

namespace {

struct Kind {
    std::string_view type;
    int flag;
};

constexpr Kind kKinds[] { { "pid", CLONE_NEWPID }, { "network", CLONE_NEWNET },
    { "mount", CLONE_NEWNS }, { "ipc", CLONE_NEWIPC }, { "uts", CLONE_NEWUTS },
    { "user", CLONE_NEWUSER }, { "cgroup", CLONE_NEWCGROUP } };

Result<int> flagOf(const std::string& type)
{
    for (const Kind& kind : kKinds) {
        if (kind.type == type)
            return kind.flag;
    }
    return makeError(
        Errc::NotImplemented, "a container's own " + type + " namespace is not supported");
}

Result<Fd> openNamespace(const oci::Namespace& space, int flag)
{
    PL_TRY(auto fd, openFile(space.path, O_RDONLY));
    if (::ioctl(fd.get(), NS_GET_NSTYPE) != flag)
        return makeError(
            Errc::InvalidArgument, "'" + space.path + "' is not a " + space.type + " namespace");
    return fd;
}

} // namespace

Result<NamespacePlan> planNamespaces(const oci::LinuxConfig& config)
{
    NamespacePlan plan;
    for (const oci::Namespace& space : config.namespaces) {
        PL_TRY(const int flag, flagOf(space.type));
        if (space.path.empty()) {
            if (flag == CLONE_NEWCGROUP)
                plan.hasNewCgroup = true;
            else
                plan.cloneFlags |= static_cast<std::uint64_t>(flag);
            continue;
        }
        PL_TRY(auto fd, openNamespace(space, flag));
        if (flag == CLONE_NEWPID)
            plan.pid = std::move(fd);
        else
            plan.joined.push_back(JoinedNamespace { flag, std::move(fd) });
    }
    if ((plan.cloneFlags & CLONE_NEWNS) == 0)
        return makeError(Errc::InvalidArgument, "a container needs a mount namespace of its own");
    return plan;
}

Result<void> joinNamespaces(const NamespacePlan& plan)
{
    for (const JoinedNamespace& joined : plan.joined) {
        if (::setns(joined.fd.get(), joined.flag) != 0)
            return errnoError(errno, "join namespace");
    }
    return success();
}

Result<void> unshareCgroup()
{
    if (::unshare(CLONE_NEWCGROUP) != 0)
        return errnoError(errno, "make cgroup namespace");
    return success();
}

Result<void> bringUpLoopback()
{
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.isOpen())
        return errnoError(errno, "open socket");
    ifreq request {};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return errnoError(errno, "set loopback up");
    return success();
}

} // namespace portlight::runtime
