#include "engine/launcher/outbound_network.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
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

/// The descriptor as another process of this user opens it.
std::string pathOf(const Fd& fd)
{
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd.get());
}

std::string firstLine(const Fd& output)
{
    char bytes[1024];
    const ssize_t got = ::read(output.get(), bytes, sizeof bytes);
    std::string text(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
    return text.substr(0, text.find('\n'));
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

Result<void> OutboundNetwork::connect(const NamespaceSet& spaces)
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
    std::vector<std::string> words;
    // Nothing is forwarded inwards, and the host's loopback is not to be had: ports go through the
    // launcher, and a container is not a user of this host.
    if (!pasta.empty())
        words = { "--config-net", "--quiet", "--foreground", "--no-map-gw", "-t", "none", "-u",
            "none", "-T", "none", "-U", "none", "--pid", pathOf(ready.write), "--userns",
            pathOf(spaces.user), "--netns", pathOf(spaces.network), "--no-netns-quit" };
    else
        words = { "--configure", "--mtu=65520", "--disable-host-loopback", "--ready-fd=3",
            "--userns-path=" + pathOf(spaces.user), "--netns-type=path", pathOf(spaces.network),
            "tap0" };
    PL_TRY(start(pasta.empty() ? slirp : pasta, std::move(words), ready.write));
    // Both write to the pipe when the namespace has its interface: slirp4netns a byte, pasta the
    // number that was meant for a pid file.
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (!isRunning())
            return makeError(Errc::Unavailable,
                "containers reach nothing outside: " + std::string(pasta.empty() ? slirp : pasta)
                    + " ended: " + firstLine(m_output));
        pollfd entry { ready.read.get(), POLLIN, 0 };
        if (::poll(&entry, 1, 10) == 1 && (entry.revents & POLLIN) != 0)
            return success();
    }
    end();
    return makeError(Errc::Unavailable,
        "containers reach nothing outside: " + std::string(pasta.empty() ? slirp : pasta)
            + " does not get ready");
}

} // namespace portlight::launcher
