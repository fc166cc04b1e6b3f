#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/shim_protocol.h"

#include <cstdint>
#include <optional>
#include <sys/types.h>

/// What the creator of a container and the process that is to become it tell each other, over a
/// SOCK_SEQPACKET pair that execve(2) closes:
///
///     creator                                container process (in its namespaces)
///       | MapsWritten ------------------------>   only with a new user namespace
///       | GroupJoined ------------------------>   it is in its cgroup
///       | <--------------------------- RunHooks   only with prestart or createRuntime hooks
///       | HooksDone -------------------------->
///       | <---------------------------- Console   with the terminal's master attached
///       | <--------------------------- Listener   only with SCMP_ACT_NOTIFY; its descriptor
///       attached | ListenerSent -----------------------> | <---------------------------- Created
///       all is set up, execve is next | <---------------------------- Spawned   exec alone:
///       another process goes on from here | Start ------------------------------> |
///       <---------------- end of file = it runs; Failed = it does not
///
/// A creator that does not stay (portlight-oci create) leaves a listening socket with the process:
/// after Created, whoever connects first is the one that Start comes from.
namespace portlight::runtime {

enum class StartMessage : std::uint8_t {
    MapsWritten = 1,
    GroupJoined = 2,
    Start = 3,
    HooksDone = 4,
    ListenerSent = 5,
    Console = 64,
    Created = 65,
    Failed = 66,
    Spawned = 67,
    RunHooks = 68,
    Listener = 69,
};

struct ChannelPair {
    Fd creator;
    Fd process;
};
Result<ChannelPair> makeChannel();

/// Sends @p message, with @p attachment's descriptor if it is not -1.
Result<void> sendMessage(const Fd& channel, StartMessage message, int attachment = -1);
/// Sends Spawned with the process's number, in the creator's pid namespace, and pidfd.
Result<void> sendSpawned(const Fd& channel, pid_t pid, const Fd& pidFd);
/// Sends a failure; texts are cut to what one packet holds. Never fails: nobody is left to tell.
void sendFailure(const Fd& channel, const StartFailure& failure);
/// Waits for @p wanted. Errors: Cancelled when the other side is gone, Internal for another
/// message.
Result<void> awaitMessage(const Fd& channel, StartMessage wanted);

struct ReceivedMessage {
    bool isEnd = false; ///< the other side closed: after Start, its program runs
    StartMessage message = StartMessage::Failed;
    Fd attachment;
    StartFailure failure; ///< with Failed
    pid_t pid = -1; ///< with Spawned
};
/// One message without waiting; nullopt when there is none yet.
Result<std::optional<ReceivedMessage>> receiveMessage(const Fd& channel);

} // namespace portlight::runtime
