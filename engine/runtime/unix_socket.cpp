#include "engine/runtime/unix_socket.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace portlight::runtime {

namespace {

// An address holds 107 bytes: the entry is named through its open directory instead.
Result<sockaddr_un> addressOf(const Fd& directory, const std::string& name)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + name;
    if (path.size() >= sizeof address.sun_path)
        return makeError(Errc::InvalidArgument, "socket name '" + name + "' is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

} // namespace

Result<Fd> connectUnix(const std::string& path, int type)
{
    const std::size_t slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    PL_TRY(const auto directory, openFile(parent, O_PATH | O_DIRECTORY));
    PL_TRY(const auto address,
        addressOf(directory, slash == std::string::npos ? path : path.substr(slash + 1)));
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    if (!socket.isOpen())
        return errnoError(errno, "make socket");
    int failed = -1;
    do
        failed =
            ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    while (failed != 0 && errno == EINTR);
    if (failed != 0) {
        Error error = errnoError(errno, "connect to '" + path + "'");
        if (error.code == Errc::Internal)
            error.code = Errc::Unavailable;
        return error;
    }
    return socket;
}

Result<Fd> listenUnix(const Fd& directory, const std::string& name, int type)
{
    PL_TRY(const auto address, addressOf(directory, name));
    Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    if (!socket.isOpen())
        return errnoError(errno, "make socket");
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(socket.get(), 8) != 0)
        return errnoError(errno, "listen at '" + name + "'");
    return socket;
}

Result<void> sendWithDescriptor(const Fd& socket, std::string_view text, int attachment)
{
    iovec part { const_cast<char*>(text.data()), text.size() };
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] {};
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &attachment, sizeof attachment);
    ssize_t sent = -1;
    do
        sent = ::sendmsg(socket.get(), &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        return errnoError(errno, "send descriptor");
    return success();
}

} // namespace portlight::runtime
