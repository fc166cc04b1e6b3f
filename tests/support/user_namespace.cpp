#include "tests/support/user_namespace.h"

#include "engine/base/fd.h"
#include "engine/base/syscalls.h"
#include "engine/host/subordinate_ids.h"
#include "engine/launcher/id_mapping.h"
#include "tests/support/local_user.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace portlight::test {

namespace {

std::string g_lack;

struct Pipe {
    Fd reader;
    Fd writer;
};

std::optional<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::nullopt;
    return Pipe { Fd(ends[0]), Fd(ends[1]) };
}

bool waitFor(const Fd& reader)
{
    char byte = 0;
    return ::read(reader.get(), &byte, 1) == 1;
}

launcher::IdMapping mappingOf(const LocalUser& user)
{
    const auto ids = host::findSubordinateIds(user.uid);
    launcher::IdMapping mapping { { { 0, user.uid, 1 } }, { { 0, user.gid, 1 } }, ids.newuidmap,
        ids.newgidmap };
    if (!ids.areUsable()) {
        g_lack = "user '" + user.name + "' has no subordinate ids, or newuidmap is missing";
        return mapping;
    }
    mapping.uids.push_back({ 1, ids.uids.front().start, ids.uids.front().count });
    mapping.gids.push_back({ 1, ids.gids.front().start, ids.gids.front().count });
    return mapping;
}

int exitStatusOf(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

bool become(const LocalUser& user)
{
    if (::geteuid() != 0 || user.uid == 0)
        return true;
    return ::setgroups(0, nullptr) == 0 && ::setresgid(user.gid, user.gid, user.gid) == 0
        && ::setresuid(user.uid, user.uid, user.uid) == 0
        && ::prctl(PR_SET_DUMPABLE, 1) == 0; // or newuidmap may not look at the child
}

// In the grandchild: makes the namespace, lets its parent map it and becomes its root.
bool enterNamespace(const Pipe& made, const Pipe& mapped)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    return ::unshare(CLONE_NEWUSER) == 0 && ::write(made.writer.get(), "m", 1) == 1
        && waitFor(mapped.reader) && ::setresgid(0, 0, 0) == 0 && ::setresuid(0, 0, 0) == 0;
}

} // namespace

std::optional<int> continueInUserNamespace()
{
    if (std::getenv("PORTLIGHT_TEST_IN_USER_NAMESPACE") == nullptr)
        return std::nullopt;
    const auto user = localUser(RunAs::OrdinaryUser, g_lack);
    if (!user)
        return std::nullopt;
    const auto mapping = mappingOf(*user);
    auto made = makePipe();
    auto mapped = makePipe();
    if (!g_lack.empty() || !made || !mapped)
        return std::nullopt;
    const pid_t outer = ::fork();
    if (outer != 0)
        return outer < 0 ? EXIT_FAILURE : exitStatusOf(outer);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!become(*user))
        ::_exit(EXIT_FAILURE);
    const pid_t inner = ::fork();
    if (inner == 0) {
        mapped->writer.reset();
        if (!enterNamespace(*made, *mapped))
            ::_exit(EXIT_FAILURE);
        return std::nullopt;
    }
    made->writer.reset();
    if (inner < 0 || !waitFor(made->reader) || !launcher::mapIds(inner, mapping)
        || ::write(mapped->writer.get(), "m", 1) != 1)
        ::_exit(EXIT_FAILURE);
    ::_exit(exitStatusOf(inner));
}

const std::string& userNamespaceLack()
{
    return g_lack;
}

} // namespace portlight::test
