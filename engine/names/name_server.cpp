#include "engine/names/name_server.h"

#include "engine/names/dns_message.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace portlight::names {

namespace {

/// Addresses change with every start: nobody is to remember one for long.
constexpr std::uint32_t kTtlSeconds = 5;
constexpr std::size_t kMostStreams = 256;
constexpr std::size_t kMostAsking = 16; ///< of one stream
constexpr std::chrono::seconds kStreamPatience { 10 };
constexpr int kBurst = 64;

bool isOwnUser(const Fd& connection)
{
    ucred peer {};
    socklen_t size = sizeof peer;
    return ::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace

Result<void> NameServer::run(std::chrono::milliseconds patience)
{
    PL_TRY(m_loop.add(m_listener, EPOLLIN, [this](std::uint32_t) { accept(); }));
    const auto earliest = Clock::now() + patience;
    for (;;) {
        const bool isIdle = m_engines.empty() && m_sockets.empty();
        const auto now = Clock::now();
        if (isIdle && now >= earliest)
            return success();
        int timeout = m_upstream.tick();
        const auto sooner = [&timeout](int other) {
            if (other >= 0)
                timeout = timeout < 0 ? other : std::min(timeout, other);
        };
        sooner(sweepStreams());
        if (isIdle)
            sooner(static_cast<int>(
                std::chrono::duration_cast<std::chrono::milliseconds>(earliest - now).count() + 1));
        PL_TRY(m_loop.runOnce(timeout));
    }
}

void NameServer::accept()
{
    Fd engine(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!engine.isOpen() || !isOwnUser(engine))
        return;
    const int number = engine.get();
    if (m_loop.add(engine, EPOLLIN, [this, number](std::uint32_t) { onPacket(number); }))
        m_engines.emplace(number, std::move(engine));
}

void NameServer::onPacket(int engine)
{
    const auto found = m_engines.find(engine);
    if (found == m_engines.end())
        return;
    auto packet = receivePacket(found->second);
    if (packet && handle(found->second, std::move(packet).value()))
        return;
    if (!packet && packet.error().sysErrno == EAGAIN)
        return;
    m_loop.remove(found->second);
    m_engines.erase(found);
}

Result<void> NameServer::handle(const Fd& engine, Packet packet)
{
    PL_TRY(const auto type, jsonString(packet.json, "type"));
    if (type == "set")
        return set(std::move(packet));
    if (type == "remove") {
        PL_TRY(const auto id, jsonString(packet.json, "id"));
        PL_TRY(const auto sandbox, jsonString(packet.json, "sandbox"));
        const NamedContainer* known = m_table.find(id);
        if (known != nullptr && known->sandbox == sandbox)
            forget(id);
        return success();
    }
    if (type != "keep")
        return makeError(Errc::InvalidArgument, "unknown packet '" + type + "'");
    PL_TRY(const auto wanted, jsonStrings(packet.json, "ids"));
    const std::set<std::string> kept(wanted.begin(), wanted.end());
    for (const auto& id : m_table.ids())
        if (!kept.contains(id))
            forget(id);
    const Json known { { "ids", m_table.ids() } };
    return sendPacket(engine, known, {});
}

Result<void> NameServer::set(Packet packet)
{
    PL_TRY(auto container, namedContainerFromJson(packet.json));
    const std::string id = container.id;
    if (packet.descriptors.size() == 3) {
        forget(id);
        auto sockets = std::make_shared<Sockets>();
        sockets->udp = std::move(packet.descriptors[0]);
        sockets->tcp = std::move(packet.descriptors[1]);
        sockets->process = std::move(packet.descriptors[2]);
        PL_TRY(m_loop.add(sockets->udp, EPOLLIN, [this, id](std::uint32_t) { onDatagram(id); }));
        PL_TRY(m_loop.add(sockets->tcp, EPOLLIN, [this, id](std::uint32_t) { acceptStream(id); }));
        PL_TRY(m_loop.add(sockets->process, EPOLLIN, [this, id](std::uint32_t) { forget(id); }));
        m_sockets.insert_or_assign(id, std::move(sockets));
    } else if (!m_sockets.contains(id)) {
        return success(); // it has ended meanwhile
    }
    m_table.set(std::move(container));
    return success();
}

void NameServer::forget(const std::string& id)
{
    m_table.remove(id);
    const auto found = m_sockets.find(id);
    if (found == m_sockets.end())
        return;
    const auto sockets = found->second;
    for (const Fd* each : { &sockets->udp, &sockets->tcp, &sockets->process })
        m_loop.remove(*each);
    m_sockets.erase(found);
    for (auto at = m_streams.begin(); at != m_streams.end(); ++at)
        if (at->container == id)
            closeStream(at);
}

void NameServer::onDatagram(const std::string& id)
{
    const auto found = m_sockets.find(id);
    if (found == m_sockets.end())
        return;
    const auto sockets = found->second;
    for (int count = 0; count < kBurst; ++count) {
        char bytes[4096];
        sockaddr_storage from {};
        socklen_t size = sizeof from;
        const ssize_t got = ::recvfrom(sockets->udp.get(), bytes, sizeof bytes, MSG_DONTWAIT,
            reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0)
            return;
        // The socket stays until the answer is out, whatever becomes of the container.
        answer(id, std::string(bytes, static_cast<std::size_t>(got)), false,
            [sockets, from, size](const std::string& message) {
                ::sendto(sockets->udp.get(), message.data(), message.size(), MSG_DONTWAIT,
                    reinterpret_cast<const sockaddr*>(&from), size);
            });
    }
}

bool NameServer::answer(const std::string& id, std::string query, bool overTcp, const Reply& reply)
{
    const NamedContainer* asker = m_table.find(id);
    const auto question = parseQuestion(query);
    if (asker == nullptr || !question)
        return false; // who sends rubbish gets nothing
    const auto type = static_cast<RecordType>(question->type);
    if (question->isInternet && type == RecordType::Ptr) {
        const auto name = m_table.nameOf(*asker, reverseAddress(question->name));
        if (!name.empty()) {
            reply(makeAnswer(
                *question, ResponseCode::NoError, RecordType::Ptr, { name }, kTtlSeconds));
            return true;
        }
    }
    const auto found = m_table.lookUp(*asker, question->name);
    if (question->isInternet && found.isKnown) {
        std::vector<std::string> records;
        for (const auto& address : found.addresses)
            if ((type == RecordType::A && address.size() == 4)
                || (type == RecordType::Aaaa && address.size() == 16))
                records.push_back(address);
        reply(makeAnswer(*question, ResponseCode::NoError, type, records, kTtlSeconds));
        return true;
    }
    // An internal network has no outside, and its names must not leave it (CVE-2024-29018).
    if (!asker->reachesOutside) {
        reply(makeAnswer(*question, ResponseCode::NoSuchName, RecordType::A, {}, kTtlSeconds));
        return true;
    }
    auto answered = [reply, question = *question](std::string message) {
        reply(message.empty()
                ? makeAnswer(question, ResponseCode::ServerFailure, RecordType::A, {}, 0)
                : std::move(message));
    };
    m_upstream.ask(std::move(query), asker->servers, overTcp, std::move(answered));
    return true;
}

void NameServer::acceptStream(const std::string& id)
{
    const auto found = m_sockets.find(id);
    if (found == m_sockets.end())
        return;
    Fd socket(::accept4(found->second->tcp.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.isOpen() || m_streams.size() >= kMostStreams)
        return;
    m_streams.push_back({ id, std::move(socket), {}, 0, Clock::now() + kStreamPatience, false });
    const auto at = std::prev(m_streams.end());
    if (!m_loop.add(at->socket, EPOLLIN, [this, at](std::uint32_t) { onStream(at); }))
        closeStream(at);
}

void NameServer::onStream(StreamPlace at)
{
    char bytes[4096];
    const ssize_t got = ::recv(at->socket.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        return closeStream(at);
    at->received.append(bytes, static_cast<std::size_t>(got));
    at->deadline = Clock::now() + kStreamPatience;
    while (at->received.size() >= 2) {
        const std::size_t size = idOf(at->received); // two bytes: the length
        if (at->received.size() < size + 2)
            return;
        if (at->asking >= kMostAsking)
            return closeStream(at);
        std::string query = at->received.substr(2, size);
        at->received.erase(0, size + 2);
        ++at->asking;
        const auto send = [at](const std::string& message) {
            --at->asking;
            if (at->isClosing)
                return;
            std::string framed;
            framed.push_back(static_cast<char>(message.size() >> 8));
            framed.push_back(static_cast<char>(message.size() & 0xff));
            framed += message;
            // Who does not read his answers loses them.
            ::send(at->socket.get(), framed.data(), framed.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        };
        if (!answer(at->container, std::move(query), true, send)) {
            --at->asking;
            return closeStream(at);
        }
    }
}

void NameServer::closeStream(StreamPlace at)
{
    if (std::exchange(at->isClosing, true))
        return;
    m_loop.remove(at->socket);
    at->deadline = {};
}

/// Ends silent streams and drops closed ones once nothing is asked for them any more.
int NameServer::sweepStreams()
{
    const auto now = Clock::now();
    for (auto at = m_streams.begin(); at != m_streams.end();) {
        if (at->deadline <= now)
            closeStream(at);
        at = at->isClosing && at->asking == 0 ? m_streams.erase(at) : std::next(at);
    }
    return m_streams.empty() ? -1 : 1000;
}

} // namespace portlight::names
