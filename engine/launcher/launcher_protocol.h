#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What a rootless engine and its launcher say to each other.
///
///     engine (the process that the user started)          portlight-launcher
///       | binds and listens on S/launcher.sock, posix_spawn, descriptor 3 = that socket
///       |                                    makes user + mount + network namespace
///       | connect S/launcher.sock ------------------->
///       | Hello ------------------------------------->   (version of these messages)
///       | <--------------- Namespaces [user, mnt, net]   or Failed, then it ends
///       | setns(2) into the three: the engine is root there
///       | HoldProcess [pidfd] ----------------------->   once for every running shim
///       | OpenPort "tcp 127.0.0.1 8080" ------------->   listens in the host's network namespace
///       | <------------------- Port [socket]   or Failed
///       | StartNames "S/names.sock" [listener] ------->   the name server, on the host's side
///       | <------------------- Done   or Failed with the reason
///       | ConnectOutside ---------------------------->   starts pasta or slirp4netns, once
///       | <------------------- Done   or Failed with the reason
///       |
///       X killed (or ended)                              keeps the namespaces while a held
///                                                        process lives
///     next engine                                        same socket, same namespaces
///       | connect, Hello ---------------------------->
///       | <--------------- Namespaces [user, mnt, net]
///
/// The launcher stays in the host's namespaces with the rights of the user, in a session of its
/// own, so what ends the engine does not end it. It ends by itself when no engine is connected and
/// no held process lives: nothing is left then, the namespaces go with their last descriptor.
///
/// S is the engine's state directory; the socket is SOCK_SEQPACKET, so a message is a packet. It is
/// bound by the engine, which holds the lock of S: two engines never start two launchers.
namespace portlight::launcher {

inline constexpr int kListenFd = 3;
inline constexpr std::uint8_t kProtocolVersion = 2;
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxDescriptors = 4;

enum class MessageType : std::uint8_t {
    // engine to launcher
    Hello = 1, ///< text: one byte, kProtocolVersion
    HoldProcess = 2, ///< descriptors: a pidfd
    OpenPort = 3, ///< text: base/host_port
    ConnectOutside = 4, ///< no text
    StartNames = 5, ///< text: path of the socket; descriptors: the socket, listening
    // engine to its dialer (host_dialer.h)
    Dial = 32, ///< text: host, NUL, port; descriptors: the socket that is answered on
    // launcher to engine
    Namespaces = 65, ///< descriptors: user, mount and network namespace
    Failed = 66, ///< text: why not
    Port = 67, ///< descriptors: the bound socket
    Done = 68, ///< no text
    // dialer to engine
    Dialled = 96, ///< descriptors: a connected socket; or Failed
};

struct Message {
    MessageType type = MessageType::Hello;
    std::string text;
    std::vector<Fd> descriptors;
};

/// One packet: type, text; descriptors by SCM_RIGHTS. Waits where the socket's buffer is full.
Result<void> sendMessage(const Fd& socket, const Message& message);

/// The next packet. Errors: Cancelled when the other side has closed, InvalidArgument for an empty,
/// oversized or unknown packet or more descriptors than kMaxDescriptors.
Result<Message> receiveMessage(const Fd& socket);

} // namespace portlight::launcher
