#include "engine/launcher/launcher_loop.h"

#include "engine/base/detached_process.h"
#include "engine/base/host_port.h"
#include "engine/launcher/outbound_network.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace portlight::launcher {

namespace {

Fd copyOf(const Fd& fd)
{
    return Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
}

Message answerOf(const Result<NamespaceSet>& made)
{
    Message answer;
    if (!made) {
        answer.type = MessageType::Failed;
        answer.text = made.error().message.substr(0, kMaxTextBytes);
        return answer;
    }
    answer.type = MessageType::Namespaces;
    answer.descriptors.push_back(copyOf(made.value().user));
    answer.descriptors.push_back(copyOf(made.value().mount));
    answer.descriptors.push_back(copyOf(made.value().network));
    return answer;
}

// Of our own user, in whatever namespace: the socket is 0600 and this makes sure.
ucred peerOf(const Fd& connection)
{
    ucred peer { 0, static_cast<uid_t>(-1), static_cast<gid_t>(-1) };
    socklen_t size = sizeof peer;
    ::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return peer;
}

bool isOwnUser(const Fd& connection)
{
    const ucred peer = peerOf(connection);
    return peer.uid == ::geteuid() || peer.uid == 0;
}

class Loop {
public:
    Loop(Fd listener, const Result<NamespaceSet>& made, std::string directory)
        : m_listener(std::move(listener))
        , m_made(made)
        , m_directory(std::move(directory))
    {
    }

    void run(int firstEngineTimeoutMs)
    {
        bool isFirst = true;
        while (isFirst || !m_engines.empty() || !m_held.empty()) {
            std::vector<pollfd> entries { { m_listener.get(), POLLIN, 0 } };
            for (const Fd& engine : m_engines)
                entries.push_back({ engine.get(), POLLIN, 0 });
            for (const Fd& process : m_held)
                entries.push_back({ process.get(), POLLIN, 0 });
            const int ready =
                ::poll(entries.data(), entries.size(), isFirst ? firstEngineTimeoutMs : -1);
            if (ready < 0 && errno == EINTR)
                continue;
            if (ready <= 0) // nobody came, or the kernel refuses to poll: nothing can be served
                return;
            handle(entries);
            isFirst = isFirst && (entries[0].revents & POLLIN) == 0;
        }
    }

private:
    void handle(const std::vector<pollfd>& entries)
    {
        // Ended processes first, from the back, so that the places of the others stay right.
        const std::size_t engines = m_engines.size();
        for (std::size_t at = m_held.size(); at-- > 0;)
            if (entries[1 + engines + at].revents != 0)
                m_held.erase(m_held.begin() + static_cast<std::ptrdiff_t>(at));
        for (std::size_t at = engines; at-- > 0;)
            if (entries[1 + at].revents != 0 && !serve(m_engines[at]))
                m_engines.erase(m_engines.begin() + static_cast<std::ptrdiff_t>(at));
        if ((entries[0].revents & POLLIN) != 0)
            accept();
    }

    // False: the connection is to be dropped.
    bool serve(const Fd& engine)
    {
        auto message = receiveMessage(engine);
        if (!message)
            return false;
        switch (message.value().type) {
        case MessageType::Hello:
            return greet(engine, message.value());
        case MessageType::HoldProcess:
            for (Fd& process : message.value().descriptors)
                m_held.push_back(std::move(process));
            return true;
        case MessageType::OpenPort:
            return openPort(engine, message.value().text);
        case MessageType::ConnectOutside:
            return connectOutside(engine);
        case MessageType::StartNames:
            return startNames(engine, message.value());
        case MessageType::Namespaces:
        case MessageType::Failed:
        case MessageType::Port:
        case MessageType::Done:
        case MessageType::Dial:
        case MessageType::Dialled:
            break;
        }
        return false;
    }

    // '!' before the text of a port that is taken, ' ' before others.
    static bool openPort(const Fd& engine, const std::string& text)
    {
        const auto port = hostPortFromText(text);
        auto socket = port ? openHostPort(port.value()) : Result<Fd>(port.error());
        Message answer;
        answer.type = MessageType::Port;
        if (socket) {
            answer.descriptors.push_back(std::move(socket).value());
        } else {
            answer.type = MessageType::Failed;
            answer.text = (socket.error().code == Errc::Conflict ? "!" : " ")
                + socket.error().message.substr(0, kMaxTextBytes - 1);
        }
        return sendMessage(engine, answer).has_value();
    }

    static bool startNames(const Fd& engine, const Message& wanted)
    {
        const auto start = [&]() -> Result<pid_t> {
            if (wanted.descriptors.size() != 1)
                return makeError(Errc::InvalidArgument, "no socket for the name server");
            char path[4096];
            const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
            const std::string own(path, size > 0 ? static_cast<std::size_t>(size) : 0);
            return spawnDetached(own.substr(0, own.rfind('/')) + "/portlight-names",
                { wanted.text }, { &wanted.descriptors.front() });
        };
        const auto started = start();
        Message answer;
        answer.type = started ? MessageType::Done : MessageType::Failed;
        if (!started)
            answer.text = started.error().message.substr(0, kMaxTextBytes);
        return sendMessage(engine, answer).has_value();
    }

    bool connectOutside(const Fd& engine)
    {
        Message answer;
        answer.type = MessageType::Done;
        if (const auto connected = m_outside.connect(peerOf(engine).pid, m_directory); !connected) {
            answer.type = MessageType::Failed;
            answer.text = connected.error().message.substr(0, kMaxTextBytes);
        }
        return sendMessage(engine, answer).has_value();
    }

    // An engine of another version may run while containers of this one do.
    bool greet(const Fd& engine, const Message& hello)
    {
        if (hello.text != std::string(1, static_cast<char>(kProtocolVersion))) {
            Message refusal;
            refusal.type = MessageType::Failed;
            refusal.text = "the launcher that keeps the running containers is of another version; "
                           "stop them, then start the engine again";
            static_cast<void>(sendMessage(engine, refusal).has_value());
            return false;
        }
        return sendMessage(engine, answerOf(m_made)).has_value() && m_made.has_value();
    }

    void accept()
    {
        Fd engine(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (engine.isOpen() && isOwnUser(engine))
            m_engines.push_back(std::move(engine));
    }

    Fd m_listener;
    const Result<NamespaceSet>& m_made;
    std::string m_directory;
    OutboundNetwork m_outside;
    std::vector<Fd> m_engines;
    std::vector<Fd> m_held;
};

} // namespace

void serveEngines(Fd listener, const Result<NamespaceSet>& made, int firstEngineTimeoutMs,
    const std::string& directory)
{
    Loop(std::move(listener), made, directory).run(firstEngineTimeoutMs);
}

} // namespace portlight::launcher
