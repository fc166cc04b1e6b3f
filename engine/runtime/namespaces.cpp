#include "engine/runtime/namespaces.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
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
    { "user", CLONE_NEWUSER }, { "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME } };

Result<int> flagOf(const std::string& type)
{
    for (const Kind& kind : kKinds) {
        if (kind.type == type)
            return kind.flag;
    }
    return makeError(Errc::InvalidArgument, "unknown namespace type '" + type + "'");
}

std::string nameOf(int flag)
{
    for (const Kind& kind : kKinds) {
        if (kind.flag == flag)
            return std::string(kind.type);
    }
    return "unknown";
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
            else if (flag == CLONE_NEWTIME)
                plan.hasNewTime = true;
            else
                plan.cloneFlags |= static_cast<std::uint64_t>(flag);
            continue;
        }
        if (flag == CLONE_NEWNS)
            return makeError(Errc::NotImplemented,
                "a container cannot be built in an existing mount namespace ('" + space.path
                    + "'): give it one of its own, without a path");
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

bool NamespacePlan::joins(int flag) const
{
    return std::any_of(joined.begin(), joined.end(),
        [flag](const JoinedNamespace& each) { return each.flag == flag; });
}

bool NamespacePlan::mustJoinFirst() const
{
    return pid.isOpen() || joins(CLONE_NEWUSER)
        || ((cloneFlags & CLONE_NEWUSER) != 0 && !joined.empty());
}

Result<void> joinNamespaces(const NamespacePlan& plan)
{
    const bool joinsUser = plan.joins(CLONE_NEWUSER);
    std::vector<const JoinedNamespace*> later;
    for (const JoinedNamespace& joined : plan.joined) {
        if (joined.flag == CLONE_NEWUSER || ::setns(joined.fd.get(), joined.flag) == 0)
            continue;
        if (errno != EPERM || !joinsUser)
            return errnoError(errno, "join " + nameOf(joined.flag) + " namespace");
        later.push_back(&joined);
    }
    for (const JoinedNamespace& joined : plan.joined) {
        if (joined.flag == CLONE_NEWUSER && ::setns(joined.fd.get(), joined.flag) != 0)
            return errnoError(errno, "join user namespace");
    }
    for (const JoinedNamespace* joined : later) {
        if (::setns(joined->fd.get(), joined->flag) != 0)
            return errnoError(errno, "join " + nameOf(joined->flag) + " namespace");
    }
    return success();
}

Result<void> unshareCgroup()
{
    if (::unshare(CLONE_NEWCGROUP) != 0)
        return errnoError(errno, "make cgroup namespace");
    return success();
}

Result<void> unshareTime(const std::vector<oci::TimeOffset>& offsets)
{
    if (::unshare(CLONE_NEWTIME) != 0)
        return errnoError(errno, "make time namespace");
    std::string text;
    for (const oci::TimeOffset& offset : offsets)
        text += offset.clock + " " + std::to_string(offset.seconds) + " "
            + std::to_string(offset.nanoseconds) + "\n";
    if (!text.empty()) {
        // The file belongs to root of the initial user namespace while this process is hidden.
        const bool wasHidden = ::prctl(PR_GET_DUMPABLE) == 0;
        if (wasHidden)
            ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        auto written = writeExisting("/proc/self/timens_offsets", text);
        if (wasHidden)
            ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        PL_TRY(std::move(written));
    }
    // So far it is that of future children only.
    PL_TRY(const auto made, openFile("/proc/self/ns/time_for_children", O_RDONLY));
    if (::setns(made.get(), CLONE_NEWTIME) != 0)
        return errnoError(errno, "enter time namespace");
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
