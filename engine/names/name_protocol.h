#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

/// What an engine and its name server say to each other over S/names.sock (SOCK_SEQPACKET), a
/// packet a message:
///
///     engine                                             portlight-names
///       | {"type": "set", container…} [udp, tcp, pidfd] -->   new, or with no descriptors: changed
///       | {"type": "remove", "id": …, "sandbox": …} ------>   unless it has been started again
///       | {"type": "keep", "ids": […]} ------------------->   forget all others
///       | <------------------------ {"ids": […]}   those that are known now
///
/// The sockets lie in the container's network namespace: the name server answers there although it
/// runs on the host's side, where it also asks others. The container is forgotten when the process
/// behind the pidfd ends. The name server ends when no engine is connected and no container left.
namespace portlight::names {

/// Where it answers in a container: the engine's rules lead port 53 of 127.0.0.11 there, so that a
/// container may serve that port itself.
inline constexpr const char* kServerAddress = "127.0.0.11";
inline constexpr std::uint16_t kServerPort = 10053;

inline constexpr std::size_t kMaxPacketBytes = 128U << 10U;
inline constexpr int kListenFd = 3; ///< portlight-names gets its listening socket as this

struct Packet {
    Json json;
    std::vector<Fd> descriptors; ///< at most 3
};

/// Errors: InvalidArgument for one that is too large.
Result<void> sendPacket(const Fd& socket, const Json& json, const std::vector<const Fd*>& pass);
/// Errors: Cancelled when the other side has gone, InvalidArgument for what is no packet.
Result<Packet> receivePacket(const Fd& socket);

} // namespace portlight::names
