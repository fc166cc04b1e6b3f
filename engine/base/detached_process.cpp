#include "engine/base/detached_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace portlight {

namespace {

constexpr int kFirst = 3;

} // namespace

Result<pid_t> spawnDetached(const std::string& program, std::vector<std::string> arguments,
    const std::vector<const Fd*>& descriptors, int heldSignal, const Fd* output)
{
    // Above all numbers that dup2 fills, so that none is overwritten before its turn.
    const int above = kFirst + static_cast<int>(descriptors.size());
    std::vector<Fd> copies;
    for (const Fd* each : descriptors) {
        copies.emplace_back(::fcntl(each->get(), F_DUPFD_CLOEXEC, above));
        if (!copies.back().isOpen())
            return errnoError(errno, "start '" + program + "'");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    const int written = output ? output->get() : STDIN_FILENO;
    ::posix_spawn_file_actions_adddup2(&actions, written, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, written, STDERR_FILENO);
    for (std::size_t at = 0; at < copies.size(); ++at)
        ::posix_spawn_file_actions_adddup2(
            &actions, copies[at].get(), kFirst + static_cast<int>(at));
    // Not every library opens with O_CLOEXEC, and this program may outlive the present one: a
    // listening socket that it kept would look as if somebody still served it.
    ::posix_spawn_file_actions_addclosefrom_np(
        &actions, kFirst + static_cast<int>(descriptors.size()));
    ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none {};
    sigset_t all {};
    ::sigemptyset(&none);
    ::sigfillset(&all);
    if (heldSignal > 0)
        ::sigaddset(&none, heldSignal);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes,
        static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    arguments.insert(arguments.begin(), program);
    std::vector<char*> words;
    for (auto& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    pid_t pid = -1;
    const int failure =
        ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, words.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return errnoError(failure, "start '" + program + "'");
    return pid;
}

} // namespace portlight
