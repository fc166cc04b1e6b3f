#include "tests/support/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace portlight::test {

namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// False when either side has ended.
bool pass(const Fd& from, const Fd& to, std::int64_t limit, std::int64_t& passed)
{
    char buffer[16 << 10];
    const ssize_t got = ::recv(from.get(), buffer, sizeof buffer, 0);
    if (got <= 0)
        return false;
    const auto size = std::min<std::int64_t>(got, limit - passed);
    for (std::int64_t sent = 0; sent < size;) {
        const ssize_t put =
            ::send(to.get(), buffer + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        sent += put;
    }
    passed += size;
    return true;
}

} // namespace

Result<std::unique_ptr<CuttingProxy>> CuttingProxy::start(
    int port, std::int64_t bytesEach, int cuts, bool isStalling)
{
    std::unique_ptr<CuttingProxy> proxy(new CuttingProxy);
    proxy->m_serverPort = port;
    proxy->m_bytesEach = bytesEach;
    proxy->m_isStalling = isStalling;
    proxy->m_cutsLeft = cuts;
    proxy->m_listener = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(proxy->m_listener.get(), raw, size) != 0
        || ::listen(proxy->m_listener.get(), 64) != 0
        || ::getsockname(proxy->m_listener.get(), raw, &size) != 0)
        return errnoError(errno, "listen on loopback");
    proxy->m_port = ntohs(address.sin_port);
    proxy->m_thread = std::jthread([self = proxy.get()] { self->serve(); });
    return proxy;
}

CuttingProxy::~CuttingProxy()
{
    m_isEnding = true;
}

void CuttingProxy::serve()
{
    std::vector<std::jthread> connections;
    while (!m_isEnding) {
        pollfd entry { m_listener.get(), POLLIN, 0 };
        if (::poll(&entry, 1, 20) != 1)
            continue;
        auto client =
            std::make_shared<Fd>(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client->isOpen())
            connections.emplace_back([this, client] { pump(*client); });
    }
}

void CuttingProxy::pump(const Fd& client)
{
    const Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(m_serverPort);
    if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return;
    std::int64_t sent = 0;
    std::int64_t brought = 0;
    while (!m_isEnding) {
        const bool isCut = m_cutsLeft > 0 && brought >= m_bytesEach;
        if (isCut && !m_isStalling) {
            --m_cutsLeft;
            return;
        }
        pollfd entries[2] = { { client.get(), POLLIN, 0 },
            { server.get(), static_cast<short>(isCut ? 0 : POLLIN), 0 } };
        if (::poll(entries, 2, 20) <= 0)
            continue;
        if (entries[0].revents != 0 && !pass(client, server, INT64_MAX, sent))
            return;
        const std::int64_t before = brought;
        const std::int64_t limit = m_cutsLeft > 0 ? m_bytesEach : INT64_MAX;
        if (!isCut && entries[1].revents != 0 && !pass(server, client, limit, brought))
            return;
        m_bytes += brought - before;
    }
}

} // namespace portlight::test
