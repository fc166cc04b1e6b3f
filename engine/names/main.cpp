// portlight-names: the name server of one engine's containers. The engine (rootless: its launcher)
// starts it, people do not; it goes on while the engine is away. name_protocol.h says what it does.
//
// Descriptor 3 is its listening socket, argument 1 the path of that socket's name.
#include "engine/names/name_server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace portlight::names {

namespace {

constexpr std::chrono::seconds kFirstEngine { 30 };

bool isListening(int fd)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1;
}

int serve(const char* path)
{
    // Three descriptors for each container.
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    auto loop = EventLoop::create();
    if (!loop)
        return 1;
    NameServer server(loop.value(), Fd(::dup(kListenFd)));
    const auto served = server.run(kFirstEngine);
    // The name goes before the listener: who connects meanwhile sees the end and starts another.
    ::unlink(path);
    return served ? 0 : 1;
}

} // namespace

} // namespace portlight::names

int main(int count, char** words)
{
    if (count != 2 || !portlight::names::isListening(portlight::names::kListenFd)) {
        std::fputs("portlight-names is started by portlightd, not by hand\n", stderr);
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    return portlight::names::serve(words[1]);
}
