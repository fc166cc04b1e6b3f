#include "engine/launcher/namespace_maker.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace portlight::launcher {

namespace {

/// What the child reports after each stage; `number` is 0 for success.
struct StageResult {
    char stage[32];
    int number;
};

class ChildGuard {
public:
    explicit ChildGuard(pid_t pid)
        : m_pid(pid)
    {
    }
    ChildGuard(const ChildGuard&) = delete;
    ChildGuard& operator=(const ChildGuard&) = delete;
    ~ChildGuard()
    {
        ::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    }

private:
    pid_t m_pid;
};

[[noreturn]] void reportAndWait(int report, const char* stage, int number)
{
    StageResult result {};
    std::strncpy(result.stage, stage, sizeof result.stage - 1);
    result.number = number;
    static_cast<void>(::write(report, &result, sizeof result));
    for (;;)
        ::pause();
}

bool bringLoopbackUp()
{
    const int raw = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request {};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    bool isUp = raw >= 0 && ::ioctl(raw, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
    isUp = isUp && ::ioctl(raw, SIOCSIFFLAGS, &request) == 0;
    const int number = errno;
    if (raw >= 0)
        ::close(raw);
    errno = number;
    return isUp;
}

// The child: no allocation, system calls only. It ends when its parent kills it.
[[noreturn]] void makeInChild(int report, int go)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0)
        reportAndWait(report, "make namespaces", errno);
    StageResult made {};
    std::strncpy(made.stage, "make namespaces", sizeof made.stage - 1);
    static_cast<void>(::write(report, &made, sizeof made));
    char byte = 0;
    ssize_t got = -1;
    do
        got = ::read(go, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1)
        ::_exit(1);
    // Maps are written: become root inside before touching what the namespaces own.
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        reportAndWait(report, "become root inside", errno);
    if (::mount(nullptr, "/", nullptr, MS_SLAVE | MS_REC, nullptr) != 0)
        reportAndWait(report, "cut mount propagation", errno);
    if (!bringLoopbackUp())
        reportAndWait(report, "bring up loopback", errno);
    reportAndWait(report, "done", 0);
}

Error explain(const StageResult& result)
{
    std::string what = result.stage;
    Error error = errnoError(result.number, what);
    if (what == "make namespaces")
        error.message += " (an engine without root rights needs user namespaces: check "
                         "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
                         "kernel.apparmor_restrict_unprivileged_userns)";
    return error;
}

Result<void> awaitStage(const Fd& report)
{
    StageResult result {};
    ssize_t got = -1;
    do
        got = ::read(report.get(), &result, sizeof result);
    while (got < 0 && errno == EINTR);
    if (got != sizeof result)
        return makeError(Errc::Internal, "the process that makes the namespaces ended early");
    result.stage[sizeof result.stage - 1] = '\0';
    if (result.number != 0)
        return explain(result);
    return success();
}

} // namespace

Result<NamespaceSet> makeNamespaces(const IdMapping& mapping)
{
    PL_TRY(auto report, makePipe());
    PL_TRY(auto go, makePipe());
    const pid_t pid = ::fork();
    if (pid < 0)
        return errnoError(errno, "fork");
    if (pid == 0)
        makeInChild(report.write.get(), go.read.get());
    const ChildGuard child(pid);
    report.write.reset();
    PL_TRY(awaitStage(report.read));
    NamespaceSet made;
    const std::string ns = "/proc/" + std::to_string(pid) + "/ns/";
    PL_TRY(made.user, openFile(ns + "user", O_RDONLY));
    PL_TRY(made.mount, openFile(ns + "mnt", O_RDONLY));
    PL_TRY(made.network, openFile(ns + "net", O_RDONLY));
    PL_TRY(mapIds(pid, mapping));
    PL_TRY(writeAll(go.write, "1"));
    PL_TRY(awaitStage(report.read));
    return made;
}

} // namespace portlight::launcher
