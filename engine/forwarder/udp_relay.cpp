#include "engine/forwarder/udp_relay.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace portlight::forwarder {

namespace {

constexpr int kBurst = 64; ///< datagrams of one socket before the others get their turn
std::array<char, 65536> s_buffer; // one thread; a datagram is never longer

} // namespace

Result<void> UdpRelay::start()
{
    return m_loop.add(m_socket, EPOLLIN, [this](std::uint32_t) { onRequest(); });
}

void UdpRelay::stopListening()
{
    if (!m_socket.isOpen())
        return;
    m_loop.remove(m_socket);
    for (const auto& [key, client] : m_clients)
        m_loop.remove(client.socket);
    m_clients.clear();
    m_socket.reset();
}

UdpRelay::Client* UdpRelay::clientOf(const sockaddr_storage& address, socklen_t size)
{
    const std::string key(reinterpret_cast<const char*>(&address), size);
    if (const auto known = m_clients.find(key); known != m_clients.end())
        return &known->second;
    if (m_clients.size() >= kMostClients)
        sweep();
    if (m_clients.size() >= kMostClients)
        return nullptr;
    auto socket = m_target.connect(SOCK_DGRAM);
    if (!socket)
        return nullptr;
    Client& client = m_clients[key];
    client.socket = std::move(socket).value();
    client.address = address;
    client.size = size;
    if (!m_loop.add(client.socket, EPOLLIN, [this, key](std::uint32_t) { onAnswer(key); })) {
        m_clients.erase(key);
        return nullptr;
    }
    return &client;
}

void UdpRelay::onRequest()
{
    for (int count = 0; count < kBurst; ++count) {
        sockaddr_storage from {};
        socklen_t size = sizeof from;
        const ssize_t got = ::recvfrom(m_socket.get(), s_buffer.data(), s_buffer.size(),
            MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0)
            return;
        Client* client = clientOf(from, size);
        if (client == nullptr)
            continue; // too many: datagrams may be lost
        client->usedAt = Clock::now();
        ::send(client->socket.get(), s_buffer.data(), static_cast<std::size_t>(got), MSG_DONTWAIT);
    }
}

void UdpRelay::onAnswer(const std::string& key)
{
    const auto found = m_clients.find(key);
    if (found == m_clients.end())
        return;
    Client& client = found->second;
    for (int count = 0; count < kBurst; ++count) {
        const ssize_t got =
            ::recv(client.socket.get(), s_buffer.data(), s_buffer.size(), MSG_DONTWAIT);
        if (got < 0)
            return; // a refusal of the target is fetched by this, too
        client.usedAt = Clock::now();
        ::sendto(m_socket.get(), s_buffer.data(), static_cast<std::size_t>(got), MSG_DONTWAIT,
            reinterpret_cast<const sockaddr*>(&client.address), client.size);
    }
}

void UdpRelay::sweep()
{
    const auto now = Clock::now();
    for (auto at = m_clients.begin(); at != m_clients.end();) {
        if (now - at->second.usedAt < kIdle) {
            ++at;
            continue;
        }
        m_loop.remove(at->second.socket);
        at = m_clients.erase(at);
    }
}

} // namespace portlight::forwarder
