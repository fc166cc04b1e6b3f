#pragma once

#include "engine/base/event_loop.h"
#include "engine/names/name_protocol.h"
#include "engine/names/name_table.h"
#include "engine/names/upstream.h"

#include <sys/socket.h>

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace portlight::names {

/// Answers the containers' questions on sockets inside their namespaces, and takes what the engine
/// says. name_protocol.h has the conversation.
class NameServer {
public:
    NameServer(EventLoop& loop, Fd listener)
        : m_loop(loop)
        , m_listener(std::move(listener))
        , m_upstream(loop)
    {
    }
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    /// Serves until no engine is connected and no container left, at the earliest @p patience after
    /// the start. Errors: what keeps it from serving anybody.
    Result<void> run(std::chrono::milliseconds patience);

private:
    using Clock = std::chrono::steady_clock;
    /// The sockets in one container.
    struct Sockets {
        Fd udp;
        Fd tcp;
        Fd process;
    };
    struct Stream {
        std::string container;
        Fd socket;
        std::string received;
        std::size_t asking = 0; ///< questions without an answer yet
        Clock::time_point deadline {};
        bool isClosing = false;
    };
    using StreamPlace = std::list<Stream>::iterator;
    using Reply = std::function<void(std::string)>;

    void accept();
    void onPacket(int engine);
    Result<void> handle(const Fd& engine, Packet packet);
    Result<void> set(Packet packet);
    void forget(const std::string& id);
    void onDatagram(const std::string& id);
    void acceptStream(const std::string& id);
    void onStream(StreamPlace at);
    void closeStream(StreamPlace at);
    /// False: nothing will be answered.
    bool answer(const std::string& id, std::string query, bool overTcp, const Reply& reply);
    int sweepStreams();

    EventLoop& m_loop;
    Fd m_listener;
    Upstream m_upstream;
    NameTable m_table;
    std::map<int, Fd> m_engines; ///< by number
    std::map<std::string, std::shared_ptr<Sockets>> m_sockets; ///< by container id
    std::list<Stream> m_streams;
};

} // namespace portlight::names
