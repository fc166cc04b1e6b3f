#include "engine/launcher/launcher_protocol.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace portlight::launcher {

namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(kMaxDescriptors * sizeof(int));

bool isKnown(std::uint8_t type)
{
    switch (static_cast<MessageType>(type)) {
    case MessageType::Hello:
    case MessageType::HoldProcess:
    case MessageType::OpenPort:
    case MessageType::ConnectOutside:
    case MessageType::StartNames:
    case MessageType::Namespaces:
    case MessageType::Failed:
    case MessageType::Port:
    case MessageType::Done:
    case MessageType::Dial:
    case MessageType::Dialled:
        return true;
    }
    return false;
}

// All that came, so that nothing leaks where the packet is then refused.
std::vector<Fd> takeDescriptors(msghdr& header)
{
    std::vector<Fd> descriptors;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
        part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t at = 0; at < count; ++at) {
            int raw = -1;
            std::memcpy(&raw, CMSG_DATA(part) + at * sizeof(int), sizeof raw);
            descriptors.emplace_back(raw);
        }
    }
    return descriptors;
}

} // namespace

Result<void> sendMessage(const Fd& socket, const Message& message)
{
    if (message.text.size() > kMaxTextBytes || message.descriptors.size() > kMaxDescriptors)
        return makeError(Errc::InvalidArgument, "launcher message is too large");
    auto type = static_cast<char>(message.type);
    iovec parts[2] = { { &type, 1 },
        { const_cast<char*>(message.text.data()), message.text.size() } };
    msghdr header {};
    header.msg_iov = parts;
    header.msg_iovlen = 2;
    alignas(cmsghdr) char control[kControlBytes] = {};
    if (!message.descriptors.empty()) {
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(message.descriptors.size() * sizeof(int));
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(message.descriptors.size() * sizeof(int));
        for (std::size_t at = 0; at < message.descriptors.size(); ++at) {
            const int raw = message.descriptors[at].get();
            std::memcpy(CMSG_DATA(part) + at * sizeof(int), &raw, sizeof raw);
        }
    }
    ssize_t put = -1;
    do
        put = ::sendmsg(socket.get(), &header, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return errnoError(errno, "send to launcher socket");
    return success();
}

Result<Message> receiveMessage(const Fd& socket)
{
    char bytes[1 + kMaxTextBytes];
    iovec part { bytes, sizeof bytes };
    alignas(cmsghdr) char control[kControlBytes] = {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t got = -1;
    do
        got = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == ECONNRESET)
        got = 0;
    if (got < 0)
        return errnoError(errno, "receive from launcher socket");
    Message message;
    message.descriptors = takeDescriptors(header);
    // An empty packet cannot be told from the end; no message is empty.
    if (got == 0)
        return makeError(Errc::Cancelled, "launcher socket was closed");
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return makeError(Errc::InvalidArgument, "launcher message is too large");
    if (!isKnown(static_cast<std::uint8_t>(bytes[0])))
        return makeError(Errc::InvalidArgument, "unknown launcher message");
    message.type = static_cast<MessageType>(bytes[0]);
    message.text.assign(bytes + 1, static_cast<std::size_t>(got) - 1);
    return message;
}

} // namespace portlight::launcher
