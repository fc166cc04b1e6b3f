#include "engine/names/upstream.h"

#include "engine/names/dns_message.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace portlight::names {

namespace {

constexpr std::chrono::milliseconds kPatience { 2000 };
constexpr std::size_t kRounds = 2; ///< through the list of servers
constexpr std::size_t kMostMessage = 65535;

Result<Fd> connectTo(const std::string& server, int type)
{
    sockaddr_in v4 {};
    sockaddr_in6 v6 {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(53);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(53);
    const sockaddr* address = nullptr;
    socklen_t size = 0;
    if (::inet_pton(AF_INET, server.c_str(), &v4.sin_addr) == 1) {
        address = reinterpret_cast<const sockaddr*>(&v4);
        size = sizeof v4;
    } else if (::inet_pton(AF_INET6, server.c_str(), &v6.sin6_addr) == 1) {
        address = reinterpret_cast<const sockaddr*>(&v6);
        size = sizeof v6;
    } else {
        return makeError(Errc::InvalidArgument, "'" + server + "' is no address");
    }
    Fd made(::socket(address->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.isOpen())
        return errnoError(errno, "make a socket");
    if (::connect(made.get(), address, size) != 0 && errno != EINPROGRESS)
        return errnoError(errno, "connect to '" + server + "'");
    return made;
}

std::uint16_t randomId()
{
    std::uint16_t id = 0;
    static_cast<void>(::getrandom(&id, sizeof id, 0));
    return id;
}

} // namespace

void Upstream::ask(
    std::string query, std::vector<std::string> servers, bool overTcp, Answered answered)
{
    Query made;
    made.clientId = idOf(query);
    made.message = std::move(query);
    made.servers = std::move(servers);
    made.overTcp = overTcp;
    made.answered = std::move(answered);
    const bool isTooMuch = m_queries.size() >= kMostQueries;
    m_queries.push_back(std::move(made));
    const auto at = std::prev(m_queries.end());
    if (isTooMuch || at->servers.empty())
        finish(at, {});
    else
        tryNext(at);
}

void Upstream::tryNext(Place at)
{
    for (;;) {
        if (at->socket.isOpen())
            m_loop.remove(at->socket);
        at->socket.reset();
        if (at->tries >= at->servers.size() * kRounds)
            return finish(at, {});
        const auto& server = at->servers[at->tries++ % at->servers.size()];
        auto socket = connectTo(server, at->overTcp ? SOCK_STREAM : SOCK_DGRAM);
        if (!socket)
            continue;
        at->socket = std::move(socket).value();
        at->id = randomId();
        at->received.clear();
        at->isSent = false;
        at->deadline = Clock::now() + kPatience;
        const std::uint32_t events = EPOLLIN | (at->overTcp ? EPOLLOUT | EPOLLET : 0U);
        if (!m_loop.add(
                at->socket, events, [this, at](std::uint32_t happened) { onEvent(at, happened); }))
            continue;
        if (at->overTcp || send(*at))
            return;
    }
}

Result<void> Upstream::send(Query& query)
{
    std::string bytes = withId(query.message, query.id);
    if (query.overTcp) {
        bytes.insert(0, 1, static_cast<char>(bytes.size() & 0xff));
        bytes.insert(0, 1, static_cast<char>((bytes.size() - 1) >> 8));
    }
    // A question is far smaller than any socket's buffer: it goes in one piece or not at all.
    const ssize_t put = ::send(query.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put != static_cast<ssize_t>(bytes.size()))
        return errnoError(errno, "send a question");
    query.isSent = true;
    return success();
}

void Upstream::onEvent(Place at, std::uint32_t events)
{
    if (at->overTcp)
        return onTcp(at, events);
    std::string answer(kMostMessage, '\0');
    const ssize_t got = ::recv(at->socket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN ? static_cast<void>(0) : tryNext(at);
    answer.resize(static_cast<std::size_t>(got));
    // What somebody else sends is passed over: the right answer may still come.
    if (answer.size() < 12 || idOf(answer) != at->id)
        return;
    finish(at, withId(std::move(answer), at->clientId));
}

void Upstream::onTcp(Place at, std::uint32_t events)
{
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (events & EPOLLIN) == 0)
        return tryNext(at);
    if (!at->isSent && (events & EPOLLOUT) != 0 && !send(*at))
        return tryNext(at);
    for (;;) {
        char bytes[4096];
        const ssize_t got = ::recv(at->socket.get(), bytes, sizeof bytes, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0)
            return tryNext(at);
        at->received.append(bytes, static_cast<std::size_t>(got));
        if (at->received.size() < 2)
            continue;
        const std::size_t size = idOf(at->received); // the same shape: two bytes
        if (at->received.size() < size + 2)
            continue;
        std::string answer = at->received.substr(2, size);
        if (size < 12 || idOf(answer) != at->id)
            return tryNext(at);
        return finish(at, withId(std::move(answer), at->clientId));
    }
}

void Upstream::finish(Place at, std::string answer)
{
    if (at->socket.isOpen())
        m_loop.remove(at->socket);
    at->deadline = Clock::time_point::max();
    m_loop.later([this, at, answer = std::move(answer)]() mutable {
        const auto answered = std::move(at->answered);
        m_queries.erase(at);
        answered(std::move(answer));
    });
}

int Upstream::tick()
{
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    for (auto at = m_queries.begin(); at != m_queries.end();) {
        const auto current = at++;
        if (current->deadline <= now)
            tryNext(current);
        next = std::min(next, current->deadline);
    }
    if (next == Clock::time_point::max())
        return -1;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - now).count();
    return static_cast<int>(std::max<long long>(1, left + 1));
}

} // namespace portlight::names
