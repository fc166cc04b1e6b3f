#include "engine/names/name_protocol.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

namespace portlight::names {

namespace {

constexpr std::size_t kMostDescriptors = 3;
constexpr std::size_t kControlBytes = CMSG_SPACE(kMostDescriptors * sizeof(int));

} // namespace

Result<void> sendPacket(const Fd& socket, const Json& json, const std::vector<const Fd*>& pass)
{
    std::string text = dumpJson(json);
    if (text.size() > kMaxPacketBytes || pass.size() > kMostDescriptors)
        return makeError(Errc::InvalidArgument, "too much for the name server");
    iovec part { text.data(), text.size() };
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[kControlBytes] = {};
    if (!pass.empty()) {
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(pass.size() * sizeof(int));
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(pass.size() * sizeof(int));
        for (std::size_t at = 0; at < pass.size(); ++at) {
            const int raw = pass[at]->get();
            std::memcpy(CMSG_DATA(rights) + at * sizeof(int), &raw, sizeof raw);
        }
    }
    ssize_t put = -1;
    do
        put = ::sendmsg(socket.get(), &header, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put < 0)
        return errnoError(errno, "send to the name server");
    return success();
}

Result<Packet> receivePacket(const Fd& socket)
{
    std::string text(kMaxPacketBytes, '\0');
    iovec part { text.data(), text.size() };
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[kControlBytes] = {};
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t got = -1;
    do
        got = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno != ECONNRESET)
        return errnoError(errno, "receive from the name server's socket");
    Packet packet;
    // All that came, so that nothing leaks where the packet is then refused.
    for (cmsghdr* entry = CMSG_FIRSTHDR(&header); got > 0 && entry != nullptr;
        entry = CMSG_NXTHDR(&header, entry)) {
        if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (entry->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t at = 0; at < count; ++at) {
            int raw = -1;
            std::memcpy(&raw, CMSG_DATA(entry) + at * sizeof(int), sizeof raw);
            packet.descriptors.emplace_back(raw);
        }
    }
    if (got <= 0)
        return makeError(Errc::Cancelled, "the name server's connection was closed");
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return makeError(Errc::InvalidArgument, "a packet is too large");
    text.resize(static_cast<std::size_t>(got));
    PL_TRY(packet.json, parseJson(text));
    return packet;
}

} // namespace portlight::names
