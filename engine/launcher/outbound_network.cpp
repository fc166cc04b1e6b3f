#include "engine/launcher/outbound_network.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>

namespace portlight::launcher {

namespace {

constexpr std::chrono::milliseconds kPatience { 5000 };
constexpr int kLookMs = 5;

/// The path of a program of this name, "" where there is none.
std::string findProgram(const std::string& name)
{
    const char* path = std::getenv("PATH");
    std::istringstream directories(path == nullptr ? "/usr/bin:/bin" : path);
    for (std::string directory; std::getline(directories, directory, ':');) {
        std::string candidate = directory + "/" + name;
        if (directory.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

bool isWritten(const std::string& path)
{
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && info.st_size > 0;
}

/// What a program said last; that it has no syslog is not it.
std::string lastLine(const Fd& output)
{
    char bytes[8192];
    const ssize_t got = ::read(output.get(), bytes, sizeof bytes);
    std::istringstream lines(std::string(bytes, got > 0 ? static_cast<std::size_t>(got) : 0));
    std::string last;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty() && line.find("syslog") == std::string::npos)
            last = line;
    return last;
}

} // namespace

OutboundNetwork::~OutboundNetwork()
{
    end();
}

void OutboundNetwork::end()
{
    if (!m_process.isOpen())
        return;
    ::syscall(SYS_pidfd_send_signal, m_process.get(), SIGTERM, nullptr, 0);
    siginfo_t info {};
    ::waitid(P_PIDFD, static_cast<id_t>(m_process.get()), &info, WEXITED);
    m_process.reset();
}

bool OutboundNetwork::isRunning()
{
    if (!m_process.isOpen())
        return false;
    siginfo_t info {};
    if (::waitid(P_PIDFD, static_cast<id_t>(m_process.get()), &info, WEXITED | WNOHANG) == 0
        && info.si_pid == 0)
        return true;
    m_process.reset();
    return false;
}

/// With descriptor 3 = @p ready.
Result<void> OutboundNetwork::start(
    const std::string& program, std::vector<std::string> words, const Fd& ready)
{
    words.insert(words.begin(), program);
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    PL_TRY(auto output, makePipe());
    const Fd readyCopy(::fcntl(ready.get(), F_DUPFD_CLOEXEC, 10));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output.write.get(), STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, readyCopy.get(), 3);
    pid_t pid = -1;
    const int failure =
        ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return errnoError(failure, "start '" + program + "'");
    m_process = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    m_output = std::move(output.read);
    return success();
}

Error OutboundNetwork::explain(const std::string& program, const std::string& what) const
{
    return makeError(
        Errc::Unavailable, "containers reach nothing outside: " + program + " " + what);
}

Result<void> OutboundNetwork::connect(pid_t engine, const std::string& directory)
{
    if (isRunning())
        return success();
    const std::string pasta = findProgram("pasta");
    const std::string slirp = findProgram("slirp4netns");
    if (pasta.empty() && slirp.empty())
        return makeError(Errc::Unavailable,
            "containers reach nothing outside: neither pasta nor slirp4netns is installed; install "
            "the package passt");
    PL_TRY(auto ready, makePipe());
    const std::string program = pasta.empty() ? slirp : pasta;
    const std::string spaces = "/proc/" + std::to_string(engine) + "/ns/";
    const std::string pidFile = directory + "/pasta.pid";
    ::unlink(pidFile.c_str());
    std::vector<std::string> words;
    // Nothing is forwarded inwards, and the host's loopback is not to be had: ports go through the
    // launcher, and a container is not a user of this host.
    if (!pasta.empty())
        words = { "--config-net", "--quiet", "--foreground", "--no-map-gw", "-t", "none", "-u",
            "none", "-T", "none", "-U", "none", "--pid", pidFile, "--userns", spaces + "user",
            "--netns", spaces + "net", "--no-netns-quit" };
    else
        words = { "--configure", "--mtu=65520", "--disable-host-loopback", "--ready-fd=3",
            "--userns-path=" + spaces + "user", "--netns-type=path", spaces + "net", "tap0" };
    PL_TRY(start(program, std::move(words), ready.write));
    // When the namespace has its interface, slirp4netns writes a byte and pasta its pid file.
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
        pollfd entry { ready.read.get(), POLLIN, 0 };
        if (::poll(&entry, 1, kLookMs) == 1 || isWritten(pidFile))
            return success();
        if (!isRunning())
            return explain(program, "ended: " + lastLine(m_output));
    }
    end();
    return explain(program, "does not get ready");
}

} // namespace portlight::launcher
