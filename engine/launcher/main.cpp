// portlight-launcher: the part of a rootless engine that stays outside. launcher_protocol.h says
// what it does; the engine starts it, people do not.
//
//   portlight-launcher SOCKET UID-MAP GID-MAP [NEWUIDMAP NEWGIDMAP]     (listening socket on fd 3)
#include "engine/launcher/launcher_loop.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>

namespace portlight::launcher {

namespace {

constexpr int kFirstEngineTimeoutMs = 30'000;

Result<NamespaceSet> prepare(int argc, char** argv)
{
    IdMapping mapping;
    PL_TRY(mapping.uids, idMapFromArgument(argv[2]));
    PL_TRY(mapping.gids, idMapFromArgument(argv[3]));
    if (argc == 6) {
        mapping.newuidmap = argv[4];
        mapping.newgidmap = argv[5];
    }
    return makeNamespaces(mapping);
}

bool isListening(int fd)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1;
}

int run(int argc, char** argv)
{
    if ((argc != 4 && argc != 6) || !isListening(kListenFd)) {
        std::fputs("portlight-launcher is started by portlightd, not by hand\n", stderr);
        return 2;
    }
    // Held processes take a descriptor each.
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    const auto made = prepare(argc, argv);
    // Duplicated, so that the listener stays open past the removal of its name: an engine that
    // connects meanwhile sees the end of its connection and starts another launcher.
    const std::string path = argv[1];
    serveEngines(
        Fd(::dup(kListenFd)), made, kFirstEngineTimeoutMs, path.substr(0, path.rfind('/')));
    ::unlink(argv[1]);
    ::close(kListenFd);
    return made ? 0 : 1;
}

} // namespace

} // namespace portlight::launcher

int main(int argc, char** argv)
{
    return portlight::launcher::run(argc, argv);
}
