#include "engine/runtime/program_start.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/exec.h"
#include "engine/runtime/privileges.h"
#include "engine/runtime/process_attributes.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>

namespace portlight::runtime {

namespace {

constexpr unsigned kNullMajor = 1;
constexpr unsigned kNullMinor = 3;

bool isNullDevice(const struct stat& info)
{
    return S_ISCHR(info.st_mode) && major(info.st_rdev) == kNullMajor
        && minor(info.st_rdev) == kNullMinor;
}

// The host's /dev/null was opened outside: root in here could change its mode for everybody.
Result<void> reopenNull(int target)
{
    const int flags = ::fcntl(target, F_GETFL) & O_ACCMODE;
    const Fd own(::open("/dev/null", flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    const bool isSound = own.isOpen() && ::fstat(own.get(), &info) == 0 && isNullDevice(info);
    if (!isSound)
        return makeError(
            Errc::Forbidden, "'/dev/null' of the container is not the null device any more");
    if (::fcntl(own.get(), F_SETFL, flags) != 0 || ::dup2(own.get(), target) < 0)
        return errnoError(errno, "connect '/dev/null'");
    return success();
}

Result<void> connectStream(int source, int target, uid_t uid, gid_t gid)
{
    struct stat info {};
    if (::fstat(source, &info) != 0 || ::dup2(source, target) < 0)
        return errnoError(errno, "connect standard stream " + std::to_string(target));
    if (isNullDevice(info))
        return reopenNull(target);
    // So that a program which is not root can open /dev/stdout again.
    // EPERM, EINVAL: the pipe is somebody's whose id is not mapped here.
    if (S_ISFIFO(info.st_mode) && uid != 0 && ::fchown(target, uid, gid) != 0 && errno != EPERM
        && errno != EINVAL)
        return errnoError(errno, "give away standard stream " + std::to_string(target));
    return success();
}

std::vector<char*> pointersTo(const std::vector<std::string>& words)
{
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

Result<void> ProgramStart::lead(bool diesWithCreator, bool hidesNow)
{
    m_stage = "process";
    m_diesWithCreator = diesWithCreator;
    // Signals that the creator ignores or blocks are not the container's business.
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(0);
    if (::setsid() < 0)
        return errnoError(errno, "lead a session");
    if (diesWithCreator && ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return errnoError(errno, "follow the creator");
    return hidesNow ? hide() : success();
}

Result<void> ProgramStart::hide()
{
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return errnoError(errno, "hide from ptrace");
    return success();
}

Result<void> ProgramStart::connectStreams(const StandardStreams& streams)
{
    m_stage = "stdio";
    const int sources[] { streams.input, streams.output, streams.error };
    for (int target = 0; target <= 2; ++target) {
        PL_TRY(connectStream(sources[target], target, m_process.user.uid, m_process.user.gid));
    }
    return success();
}

// Root of the container may enter what its user may not, and the other way round (network file
// systems): the first that works counts. What getcwd(2) then says must be below "/": a directory
// outside of it shows as "(unreachable)…".
Result<void> ProgramStart::enterDirectory(bool isRetry)
{
    if (m_isInDirectory)
        return success();
    m_stage = "working directory";
    const std::string& cwd = m_process.cwd;
    if (::chdir(cwd.c_str()) != 0) {
        if (errno == EACCES && !isRetry)
            return success();
        return errnoError(errno, "chdir to cwd (\"" + cwd + "\") set in config.json failed");
    }
    char path[PATH_MAX];
    if (::syscall(SYS_getcwd, path, sizeof path) < 0 || path[0] != '/')
        return makeError(
            Errc::Forbidden, "working directory '" + cwd + "' is outside of the container");
    m_isInDirectory = true;
    return success();
}

Result<void> ProgramStart::prepare()
{
    m_stage = "rlimits";
    PL_TRY(applyRlimits(m_process.rlimits));
    PL_TRY(enterDirectory(false));
    m_env = withHome(m_process.env, m_process.user.uid);
    ::umask(static_cast<mode_t>(m_process.user.umask.value_or(0022)));
    m_stage = "scheduling";
    if (m_process.ioPriority) {
        PL_TRY(applyIoPriority(*m_process.ioPriority));
    }
    if (m_process.scheduler) {
        PL_TRY(applyScheduler(*m_process.scheduler));
    }
    m_stage = "privileges";
    PL_TRY(m_listener, dropPrivileges(m_process, m_filter));
    // Changing the user has cleared it; and a creator that went meanwhile sends no signal any more.
    if (m_diesWithCreator)
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    PL_TRY(enterDirectory(true));
    m_stage = "exec";
    PL_TRY(m_program, findExecutable(m_process.args.front(), m_env));
    // Who gets the listener may be gone when the program is executed.
    if (m_process.hasNoNewPrivileges && m_filter.hasListener) {
        m_stage = "seccomp";
        PL_TRY(m_listener, installSeccomp(m_filter));
    }
    return success();
}

Result<void> ProgramStart::execute(unsigned firstClosed)
{
    const auto argv = pointersTo(m_process.args);
    const auto envp = pointersTo(m_env);
    m_stage = "seccomp";
    // As late as can be: the filter has to allow what comes after it.
    if (m_process.hasNoNewPrivileges && !m_filter.hasListener) {
        PL_TRY(installSeccomp(m_filter));
    }
    m_stage = "exec";
    ::syscall(SYS_close_range, firstClosed, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(m_program.c_str(), argv.data(), envp.data());
    const int number = errno;
    return Error { Errc::Forbidden, execFailure(m_program, number), number };
}

} // namespace portlight::runtime
