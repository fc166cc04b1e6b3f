#include "engine/launcher/launcher_client.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace portlight::launcher {

namespace {

constexpr int kAttempts = 3; ///< a launcher may be on its way out when it is met

// Through the directory's descriptor: its path may be longer than a socket address.
sockaddr_un addressIn(const Fd& directory)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/launcher.sock";
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Result<Fd> makeSocket()
{
    Fd made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!made.isOpen())
        return errnoError(errno, "make launcher socket");
    return made;
}

Result<Fd> connectTo(const Fd& directory)
{
    PL_TRY(auto connection, makeSocket());
    const sockaddr_un address = addressIn(directory);
    if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address)
        != 0)
        return errnoError(errno, "connect to launcher");
    return connection;
}

Result<Fd> listenIn(const Fd& directory)
{
    PL_TRY(auto listener, makeSocket());
    const sockaddr_un address = addressIn(directory);
    ::unlinkat(directory.get(), "launcher.sock", 0); // a dead launcher's: we hold the lock
    const mode_t oldMask = ::umask(0177);
    const int bound =
        ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int number = errno;
    ::umask(oldMask);
    if (bound != 0)
        return errnoError(number, "bind launcher socket");
    if (::listen(listener.get(), 16) != 0)
        return errnoError(errno, "listen on launcher socket");
    return listener;
}

Result<void> spawn(const LauncherSettings& settings, const Fd& listener)
{
    std::vector<std::string> words { settings.program, settings.stateDir + "/launcher.sock",
        toArgument(settings.mapping.uids), toArgument(settings.mapping.gids) };
    if (!settings.mapping.newuidmap.empty() && !settings.mapping.newgidmap.empty()) {
        words.push_back(settings.mapping.newuidmap);
        words.push_back(settings.mapping.newgidmap);
    }
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    // It outlives the engine: whoever reads the engine's output must see that end.
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, listener.get(), kListenFd);
    ::posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t ours;
    ::sigemptyset(&none);
    ::sigemptyset(&ours);
    ::sigaddset(&ours, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &ours);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int failure = ::posix_spawn(
        &pid, settings.program.c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return errnoError(failure, "start '" + settings.program + "'");
    return success();
}

Result<void> enter(const Message& namespaces)
{
    const auto& descriptors = namespaces.descriptors;
    if (descriptors.size() != 3)
        return makeError(Errc::Internal, "launcher sent no three namespaces");
    // The user namespace first: it gives the right to enter the others.
    if (::setns(descriptors[0].get(), CLONE_NEWUSER) != 0)
        return errnoError(errno, "enter user namespace");
    // Denied where only one id is mapped; the host's groups then stay, unmapped.
    if (::setgroups(0, nullptr) != 0 && errno != EPERM)
        return errnoError(errno, "drop groups");
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return errnoError(errno, "become root in the user namespace");
    if (::setns(descriptors[1].get(), CLONE_NEWNS) != 0)
        return errnoError(errno, "enter mount namespace");
    if (::setns(descriptors[2].get(), CLONE_NEWNET) != 0)
        return errnoError(errno, "enter network namespace");
    // A change of rights makes /proc/self root's on the host, out of our reach: make it ours again.
    ::prctl(PR_SET_DUMPABLE, 1);
    return success();
}

} // namespace

Result<LauncherClient> LauncherClient::join(const LauncherSettings& settings)
{
    PL_TRY(const auto directory, openFile(settings.stateDir, O_PATH | O_DIRECTORY));
    Error last = makeError(Errc::Unavailable, "launcher does not answer");
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        auto connection = connectTo(directory);
        if (!connection) {
            PL_TRY(const auto listener, listenIn(directory));
            PL_TRY(spawn(settings, listener));
            connection = connectTo(directory);
            if (!connection)
                return connection.error();
        }
        Message hello;
        hello.text.push_back(static_cast<char>(kProtocolVersion));
        auto answer = sendMessage(connection.value(), hello) ? receiveMessage(connection.value())
                                                             : Result<Message>(last);
        if (!answer) {
            last = withContext(answer.error(), "launcher");
            continue;
        }
        if (answer.value().type == MessageType::Failed)
            return makeError(Errc::Unavailable, answer.value().text);
        PL_TRY(enter(answer.value()));
        return LauncherClient(std::move(connection).value());
    }
    return last;
}

Result<Message> LauncherClient::request(const Message& message) const
{
    const std::lock_guard lock(*m_mutex);
    PL_TRY(sendMessage(m_connection, message));
    return receiveMessage(m_connection);
}

Result<Fd> LauncherClient::openPort(const HostPort& port) const
{
    Message message;
    message.type = MessageType::OpenPort;
    message.text = toText(port);
    PL_TRY(auto answer, request(message));
    if (answer.type == MessageType::Port && answer.descriptors.size() == 1)
        return std::move(answer.descriptors.front());
    // The first letter tells a taken port from others.
    const bool isTaken = answer.text.starts_with('!');
    return makeError(isTaken ? Errc::Conflict : Errc::Unavailable,
        answer.text.empty() ? "the launcher opened no port" : answer.text.substr(1));
}

Result<void> LauncherClient::connectOutside() const
{
    Message message;
    message.type = MessageType::ConnectOutside;
    PL_TRY(const auto answer, request(message));
    if (answer.type == MessageType::Done)
        return success();
    return makeError(Errc::Unavailable, answer.text);
}

Result<void> LauncherClient::startNames(const Fd& listener, const std::string& path) const
{
    Message message;
    message.type = MessageType::StartNames;
    message.text = path;
    message.descriptors.emplace_back(::fcntl(listener.get(), F_DUPFD_CLOEXEC, 0));
    PL_TRY(const auto answer, request(message));
    if (answer.type == MessageType::Done)
        return success();
    return makeError(Errc::Unavailable, answer.text);
}

Result<void> LauncherClient::holdProcess(const Fd& pidFd) const
{
    const std::lock_guard lock(*m_mutex);
    Message message;
    message.type = MessageType::HoldProcess;
    message.descriptors.emplace_back(::fcntl(pidFd.get(), F_DUPFD_CLOEXEC, 0));
    return sendMessage(m_connection, message);
}

} // namespace portlight::launcher
