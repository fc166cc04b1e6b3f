#include "engine/runtime/start_channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace portlight::runtime {

namespace {

// Plain bytes: sent between clone and execve, where nothing should be built.
struct Packet {
    StartMessage message;
    char stage[64];
    char text[1024];
    int sysErrno;
    int exitCode;
    pid_t pid;
};

void copyText(char* to, std::size_t size, const std::string& from)
{
    const std::size_t length = std::min(size - 1, from.size());
    std::memcpy(to, from.data(), length);
    to[length] = '\0';
}

std::string_view textOf(const char* from, std::size_t size)
{
    return { from, ::strnlen(from, size) };
}

// The descriptor of an SCM_RIGHTS control message; -1 where there is none.
Fd attachmentOf(msghdr& header)
{
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
        part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        int raw = -1;
        std::memcpy(&raw, CMSG_DATA(part), sizeof raw);
        return Fd(raw);
    }
    return Fd();
}

Result<void> sendBytes(const Fd& channel, void* bytes, std::size_t size, int attachment)
{
    iovec part { bytes, size };
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] {};
    if (attachment >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        cmsghdr* const rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(rights), &attachment, sizeof attachment);
    }
    ssize_t sent = -1;
    do
        sent = ::sendmsg(channel.get(), &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errnoError(errno, "tell the container's process");
    return success();
}

} // namespace

Result<ChannelPair> makeChannel()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    return ChannelPair { Fd(ends[0]), Fd(ends[1]) };
}

Result<void> sendMessage(const Fd& channel, StartMessage message, int attachment)
{
    return sendBytes(channel, &message, sizeof message, attachment);
}

Result<void> sendSpawned(const Fd& channel, pid_t pid, const Fd& pidFd)
{
    Packet packet {};
    packet.message = StartMessage::Spawned;
    packet.pid = pid;
    return sendBytes(channel, &packet, sizeof packet, pidFd.get());
}

void sendFailure(const Fd& channel, const StartFailure& failure)
{
    Packet packet {};
    packet.message = StartMessage::Failed;
    packet.sysErrno = failure.sysErrno;
    packet.exitCode = failure.exitCode;
    copyText(packet.stage, sizeof packet.stage, failure.stage);
    copyText(packet.text, sizeof packet.text, failure.message);
    (void)::send(channel.get(), &packet, sizeof packet, MSG_NOSIGNAL);
}

Result<void> awaitMessage(const Fd& channel, StartMessage wanted)
{
    StartMessage got {};
    ssize_t count = -1;
    do // read(2), because a strict seccomp filter may be in force already
        count = ::read(channel.get(), &got, 1);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return errnoError(errno, "wait for the creator");
    if (count == 0)
        return makeError(Errc::Cancelled, "the creator is gone");
    if (got != wanted)
        return makeError(Errc::Internal, "unexpected message from the creator");
    return success();
}

Result<std::optional<ReceivedMessage>> receiveMessage(const Fd& channel)
{
    Packet packet {};
    iovec part { &packet, sizeof packet };
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t count = -1;
    do // ECONNRESET, told once: it ended without reading all; what it sent is still there
        count = ::recvmsg(channel.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (count < 0 && (errno == EINTR || errno == ECONNRESET));
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return std::optional<ReceivedMessage>();
    if (count < 0)
        return errnoError(errno, "hear from the container's process");
    ReceivedMessage received;
    received.isEnd = count <= 0;
    if (received.isEnd)
        return std::optional<ReceivedMessage>(std::move(received));
    received.message = packet.message;
    received.pid = packet.message == StartMessage::Spawned ? packet.pid : -1;
    received.attachment = attachmentOf(header);
    received.failure = StartFailure { std::string(textOf(packet.stage, sizeof packet.stage)),
        packet.sysErrno, std::string(textOf(packet.text, sizeof packet.text)), packet.exitCode };
    return std::optional<ReceivedMessage>(std::move(received));
}

} // namespace portlight::runtime
