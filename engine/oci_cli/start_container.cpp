#include "engine/oci_cli/launch.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/start_channel.h"
#include "engine/runtime/unix_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight::oci_cli {

namespace {

constexpr int kEndPatienceMs = 10000;

// The process answers with the end of the connection, which execve(2) closes, or with its failure.
Result<void> awaitProgram(const Fd& channel, int& exitCode, bool& hasFailedHook)
{
    for (;;) {
        pollfd waiting { channel.get(), POLLIN, 0 };
        if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
            return errnoError(errno, "wait for the container's process");
        PL_TRY(auto received, runtime::receiveMessage(channel));
        if (!received)
            continue;
        if (received->isEnd)
            return success();
        exitCode = received->failure.exitCode == 128 ? 1 : received->failure.exitCode;
        hasFailedHook = received->failure.stage == "hooks";
        return Error { Errc::Internal, received->failure.message, received->failure.sysErrno };
    }
}

// runtime.md, Lifecycle: a hook that fails at the start is the container's end.
void endContainer(const Context& context, const ContainerRecord& record, const Fd& process)
{
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    pollfd ended { process.get(), POLLIN, 0 };
    (void)::poll(&ended, 1, kEndPatienceMs);
    if (auto gone = destroyContainer(context, record); !gone)
        context.logWarning(gone.error().message);
}

Result<void> runPoststart(const StateStore& store, const ContainerRecord& record)
{
    PL_TRY(const auto config, store.loadConfig(record.id));
    if (config.hooks.poststart.empty())
        return success();
    const auto state = stateOf(record, runtime::Status::Running, config.annotations);
    return runtime::runHooks(config.hooks.poststart, "poststart", dumpJson(runtime::toJson(state)));
}

} // namespace

Result<void> startContainer(const Context& context, const std::string& id, int& exitCode)
{
    exitCode = 1;
    const StateStore store(context.root);
    PL_TRY(const auto record, store.load(id));
    PL_TRY(const auto process, openProcess(record));
    PL_TRY(const auto path, store.claimStart(id));
    PL_TRY(const auto channel, runtime::connectUnix(path, SOCK_SEQPACKET));
    PL_TRY(runtime::sendMessage(channel, runtime::StartMessage::Start));
    bool hasFailedHook = false;
    auto started = awaitProgram(channel, exitCode, hasFailedHook);
    ::unlink(path.c_str());
    if (started) {
        started = runPoststart(store, record);
        hasFailedHook = !started;
    }
    if (hasFailedHook)
        endContainer(context, record, process);
    return started;
}

} // namespace portlight::oci_cli
