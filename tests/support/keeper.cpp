// test_keeper --user NAME --dir DIR [--env NAME=VALUE]... [--network own] -- PROGRAM ARGUMENTS...
//
// Starts an engine for a test and answers for everything that it leaves behind, whatever becomes of
// engine and test. The keeper adopts every orphan below it (PR_SET_CHILD_SUBREAPER). When its
// standard input ends, which also happens when the test crashes or is killed, it kills all that
// lives below it, removes the cgroups these were in, detaches the mounts below DIR and removes DIR.
//
//   standard input:  "start" starts PROGRAM (again)
//   standard output: "started PID", "ready" (PROGRAM said "listening on"), "exited PID STATUS"
//                    (128 + number for a signal), at the end "left WHAT" for what could not be
//                    removed
//   DIR/engine.log:  what PROGRAM wrote, from all starts
#include "tests/support/remains.h"

#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

using namespace portlight::test;

namespace {

struct Options {
    std::string user;
    std::string directory;
    std::vector<std::string> environment;
    bool hasOwnNetwork = false; ///< keeper and program in a network namespace of their own
    std::vector<char*> program; ///< ends with nullptr
};

std::optional<Options> parse(int count, char** words)
{
    Options options;
    int at = 1;
    for (; at + 1 < count && std::strcmp(words[at], "--") != 0; at += 2) {
        if (std::strcmp(words[at], "--user") == 0)
            options.user = words[at + 1];
        else if (std::strcmp(words[at], "--dir") == 0)
            options.directory = words[at + 1];
        else if (std::strcmp(words[at], "--env") == 0)
            options.environment.emplace_back(words[at + 1]);
        else if (std::strcmp(words[at], "--network") == 0)
            options.hasOwnNetwork = true;
        else
            return std::nullopt;
    }
    // Only a directory of the tests' own kind is ever removed.
    if (at + 1 >= count || !options.directory.starts_with("/tmp/pl-"))
        return std::nullopt;
    options.program.assign(words + at + 1, words + count);
    options.program.push_back(nullptr);
    return options;
}

/// With loopback up; only root may.
bool enterOwnNetwork()
{
    if (::unshare(CLONE_NEWNET) != 0)
        return false;
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request {};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool isUp = ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
    ::close(socket);
    return isUp;
}

void report(const std::string& line)
{
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

/// In the child: becomes the user and the program. Does not return.
[[noreturn]] void become(const Options& options, const passwd* user, int output)
{
    for (const int ignored : { SIGINT, SIGTERM, SIGHUP, SIGPIPE })
        ::signal(ignored, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::close_range(3, ~0U, 0);
    for (const auto& variable : options.environment)
        ::putenv(const_cast<char*>(variable.c_str()));
    if (user != nullptr && user->pw_uid != ::geteuid()
        && (::initgroups(user->pw_name, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0
            || ::setuid(user->pw_uid) != 0)) {
        std::perror("become the user");
        ::_exit(126);
    }
    if (::chdir("/") == 0)
        ::execv(options.program.front(), options.program.data());
    std::perror(options.program.front());
    ::_exit(127);
}

/// The engine's output: kept in the log, searched for the line that says it is ready.
class Output {
public:
    explicit Output(const std::string& directory)
        : m_log(::open(
              (directory + "/engine.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644))
    {
        if (::pipe2(m_pipe, O_CLOEXEC) != 0)
            std::abort();
    }
    int readEnd() const { return m_pipe[0]; }
    int writeEnd() const { return m_pipe[1]; }
    void forward()
    {
        char buffer[8192];
        const ssize_t count = ::read(m_pipe[0], buffer, sizeof buffer);
        if (count <= 0)
            return;
        if (::write(m_log, buffer, static_cast<std::size_t>(count)) != count)
            report("left an incomplete engine.log");
        m_line.append(buffer, static_cast<std::size_t>(count));
        for (std::size_t end = 0; (end = m_line.find('\n')) != std::string::npos;) {
            if (m_line.starts_with("listening on "))
                report("ready");
            m_line.erase(0, end + 1);
        }
    }

private:
    int m_log;
    int m_pipe[2] = { -1, -1 };
    std::string m_line;
};

void reap(pid_t engine)
{
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != engine)
            continue;
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        report("exited " + std::to_string(pid) + " " + std::to_string(code));
    }
}

} // namespace

int main(int count, char** words)
{
    const auto options = parse(count, words);
    if (!options) {
        std::fprintf(stderr, "test_keeper: bad arguments\n");
        return 2;
    }
    const passwd* user = options->user.empty() ? nullptr : ::getpwnam(options->user.c_str());
    if (!options->user.empty() && user == nullptr) {
        std::fprintf(stderr, "test_keeper: no user '%s'\n", options->user.c_str());
        return 2;
    }
    if (options->hasOwnNetwork && !enterOwnNetwork()) {
        std::perror("test_keeper: make a network namespace");
        return 2;
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    // The end of the test's process group is not ours: what it left has to be removed first.
    for (const int ignored : { SIGINT, SIGTERM, SIGHUP, SIGPIPE })
        ::signal(ignored, SIG_IGN);
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    const int children = ::signalfd(-1, &watched, SFD_CLOEXEC);
    Output output(options->directory);

    pid_t engine = -1;
    for (bool isOpen = true; isOpen;) {
        pollfd sources[] = { { STDIN_FILENO, POLLIN, 0 }, { children, POLLIN, 0 },
            { output.readEnd(), POLLIN, 0 } };
        if (::poll(sources, 3, -1) < 0)
            continue;
        if (sources[2].revents != 0)
            output.forward();
        if (sources[1].revents != 0) {
            signalfd_siginfo info;
            if (::read(children, &info, sizeof info) > 0)
                reap(engine);
        }
        if (sources[0].revents != 0) {
            char command[16];
            const ssize_t size = ::read(STDIN_FILENO, command, sizeof command);
            isOpen = size > 0;
            if (isOpen && std::strncmp(command, "start\n", 6) == 0) {
                engine = ::fork();
                if (engine == 0)
                    become(*options, user, output.writeEnd());
                report("started " + std::to_string(engine));
            }
        }
    }
    const auto left = removeRemains(options->directory);
    for (const auto& what : left)
        report("left " + what);
    return left.empty() ? 0 : 1;
}
