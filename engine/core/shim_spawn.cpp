#include "engine/base/syscalls.h"
#include "engine/core/shim_client.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace portlight::core {

namespace {

struct FileActions {
    FileActions() { ::posix_spawn_file_actions_init(&value); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&value); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t value {};
};

struct SpawnAttributes {
    SpawnAttributes() { ::posix_spawnattr_init(&value); }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&value); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    posix_spawnattr_t value {};
};

/// The engine blocks and ignores signals as it likes; the shim starts with none of that, and in a
/// session of its own, so that a Ctrl-C for the engine does not reach it.
void setAttributes(posix_spawnattr_t& attributes)
{
    sigset_t none {};
    sigset_t all {};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes,
        static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
}

} // namespace

Result<SpawnedShim> spawnShim(const runtime::SealedProgram& program, const std::string& bundle,
    const std::string& state, const Fd& networkSpace)
{
    std::array<int, 2> ends { -1, -1 };
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return errnoError(errno, "socketpair");
    SpawnedShim shim;
    shim.control = Fd(ends[0]);
    const Fd theirs(ends[1]);
    PL_TRY(const auto null, openFile("/dev/null", O_RDWR));
    PL_TRY(const auto logFile, openFile(state + "/shim.log", O_WRONLY | O_CREAT | O_TRUNC, 0600));

    FileActions actions;
    ::posix_spawn_file_actions_adddup2(&actions.value, null.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions.value, logFile.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions.value, logFile.get(), 2);
    // Above the numbers that are filled here, so that none is overwritten before its turn.
    const Fd space(networkSpace.isOpen()
            ? ::fcntl(networkSpace.get(), F_DUPFD_CLOEXEC, runtime::kNetworkFd + 1)
            : -1);
    ::posix_spawn_file_actions_adddup2(&actions.value, theirs.get(), runtime::kControlFd);
    if (space.isOpen())
        ::posix_spawn_file_actions_adddup2(&actions.value, space.get(), runtime::kNetworkFd);
    SpawnAttributes attributes;
    setAttributes(attributes.value);

    std::array<std::string, 5> words { program.name(), "--bundle", bundle, "--state", state };
    std::array<char*, 6> arguments {};
    for (std::size_t at = 0; at < words.size(); ++at)
        arguments[at] = words[at].data();
    const int failure = ::posix_spawn(&shim.pid, program.path().c_str(), &actions.value,
        &attributes.value, arguments.data(), environ);
    if (failure != 0)
        return errnoError(failure, "start '" + program.name() + "'");
    shim.pidFd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, shim.pid, 0)));
    if (!shim.pidFd.isOpen())
        return errnoError(errno, "pidfd_open");
    return shim;
}

asio::awaitable<void> reapProcess(asio::any_io_executor executor, Fd pidFd)
{
    asio::posix::stream_descriptor process(executor, pidFd.release());
    const auto [code] =
        co_await process.async_wait(asio::posix::stream_descriptor::wait_read, kAwait);
    if (code)
        co_return;
    siginfo_t info {};
    ::waitid(P_PIDFD, static_cast<id_t>(process.native_handle()), &info, WEXITED | WNOHANG);
}

} // namespace portlight::core
