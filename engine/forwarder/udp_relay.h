#pragma once

#include "engine/base/event_loop.h"
#include "engine/forwarder/target.h"

#include <chrono>
#include <map>
#include <string>

namespace portlight::forwarder {

/// Passes datagrams of one socket on; every client has a socket of its own to the target, so that
/// answers find their way back, until nothing came or went for kIdle.
class UdpRelay {
public:
    static constexpr std::chrono::seconds kIdle { 90 };
    static constexpr std::size_t kMostClients = 2048;

    UdpRelay(EventLoop& loop, Fd socket, Target target)
        : m_loop(loop)
        , m_socket(std::move(socket))
        , m_target(target)
    {
    }
    UdpRelay(const UdpRelay&) = delete;
    UdpRelay& operator=(const UdpRelay&) = delete;

    Result<void> start();
    /// Takes no more datagrams.
    void stopListening();
    /// Forgets clients that were silent.
    void sweep();

private:
    using Clock = std::chrono::steady_clock;
    struct Client {
        Fd socket;
        sockaddr_storage address {};
        socklen_t size = 0;
        Clock::time_point usedAt {};
    };
    void onRequest();
    void onAnswer(const std::string& key);
    Client* clientOf(const sockaddr_storage& address, socklen_t size);

    EventLoop& m_loop;
    Fd m_socket;
    Target m_target;
    std::map<std::string, Client> m_clients; ///< by the bytes of the address
};

} // namespace portlight::forwarder
