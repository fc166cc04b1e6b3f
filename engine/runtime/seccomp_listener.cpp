#include "engine/runtime/seccomp_listener.h"

#include "engine/runtime/unix_socket.h"

#include <sys/socket.h>

namespace portlight::runtime {

Result<void> sendSeccompListener(const std::string& path, const Fd& listener, pid_t pid,
    const ContainerState& state, const std::string& metadata)
{
    if (!listener.isOpen())
        return makeError(Errc::Internal, "the container's process sent no seccomp listener");
    const Json text { { "ociVersion", kOciVersion }, { "fds", Json::array({ "seccompFd" }) },
        { "pid", pid }, { "metadata", metadata }, { "state", toJson(state) } };
    auto socket = connectUnix(path, SOCK_STREAM);
    if (!socket)
        return withContext(socket.error(), "seccomp listenerPath");
    return sendWithDescriptor(socket.value(), dumpJson(text), listener.get());
}

} // namespace portlight::runtime
