#include "engine/shim/runtime_space.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/rootfs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace portlight::shim {

namespace {

constexpr const char* kUnified = "/sys/fs/cgroup/unified";
constexpr std::size_t kMostText = 1024;

struct Report {
    int sysErrno = 0;
    char text[kMostText] {}; ///< empty: all is mounted
};

// crun refuses a hybrid host whose version 2 hierarchy has controllers. With a version 1 hierarchy
// in that place it sees version 1 alone, and the group that it makes there is the one of that
// hierarchy.
Result<void> coverUnified()
{
    struct statfs info {};
    if (::statfs(kUnified, &info) != 0 || info.f_type != CGROUP2_SUPER_MAGIC)
        return success();
    for (const char* hierarchy :
        { "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/systemd" }) {
        if (::access(hierarchy, F_OK) != 0)
            continue;
        if (::mount(hierarchy, kUnified, nullptr, MS_BIND, nullptr) != 0)
            return errnoError(errno, "cover '" + std::string(kUnified) + "'");
        return success();
    }
    return success();
}

Result<void> mountAll(const runtime::Bundle& bundle)
{
    if (::unshare(CLONE_NEWNS) != 0)
        return errnoError(errno, "make a mount namespace");
    PL_TRY(runtime::isolateMounts(bundle));
    PL_TRY(coverUnified());
    PL_TRY(runtime::mountRoot(bundle));
    return success();
}

// Holds the namespace until its creator has opened it.
[[noreturn]] void holdSpace(const runtime::Bundle& bundle, const Fd& link)
{
    Report report;
    if (const auto mounted = mountAll(bundle); !mounted) {
        report.sysErrno = mounted.error().sysErrno;
        std::strncpy(report.text, mounted.error().message.c_str(), sizeof report.text - 1);
    }
    (void)::send(link.get(), &report, sizeof report, MSG_NOSIGNAL);
    char end = 0;
    (void)::recv(link.get(), &end, sizeof end, 0);
    ::_exit(0);
}

Result<Fd> openSpace(pid_t holder, const Fd& link)
{
    Report report;
    ssize_t got = -1;
    do
        got = ::recv(link.get(), &report, sizeof report, 0);
    while (got < 0 && errno == EINTR);
    if (got != sizeof report)
        return makeError(Errc::Internal, "the process that mounts the container's root has ended");
    report.text[sizeof report.text - 1] = '\0';
    if (report.text[0] != '\0')
        return Error { Errc::Internal, report.text, report.sysErrno };
    return openFile("/proc/" + std::to_string(holder) + "/ns/mnt", O_RDONLY);
}

} // namespace

Result<Fd> makeRuntimeSpace(const runtime::Bundle& bundle)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    Fd own(ends[0]);
    Fd theirs(ends[1]);
    const pid_t holder = ::fork();
    if (holder < 0)
        return errnoError(errno, "fork");
    if (holder == 0) {
        own.reset();
        holdSpace(bundle, theirs);
    }
    theirs.reset();
    auto space = openSpace(holder, own);
    own.reset();
    while (::waitpid(holder, nullptr, 0) < 0 && errno == EINTR) { }
    return space;
}

} // namespace portlight::shim
