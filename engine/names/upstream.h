#pragma once

#include "engine/base/event_loop.h"

#include <chrono>
#include <functional>
#include <list>
#include <string>
#include <vector>

namespace portlight::names {

/// Asks name servers outside, one after the other until one answers. Every question has a socket of
/// its own, so its port is as random as its id (RFC 5452).
class Upstream {
public:
    /// The answer with the id of the query; empty where nobody answered.
    using Answered = std::function<void(std::string answer)>;
    static constexpr std::size_t kMostQueries = 1024;

    explicit Upstream(EventLoop& loop)
        : m_loop(loop)
    {
    }
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;

    /// @p query is a whole message. @p answered is called later, never from here.
    void ask(std::string query, std::vector<std::string> servers, bool overTcp, Answered answered);
    /// Goes on to the next server where one was silent; returns the time to the next of those,
    /// -1 for none.
    int tick();

private:
    using Clock = std::chrono::steady_clock;
    struct Query {
        std::string message;
        std::uint16_t clientId = 0;
        std::vector<std::string> servers;
        std::size_t tries = 0;
        bool overTcp = false;
        Answered answered;
        Fd socket;
        std::uint16_t id = 0;
        std::string received; ///< over TCP: length and message
        bool isSent = false;
        Clock::time_point deadline {};
    };
    using Place = std::list<Query>::iterator;

    void tryNext(Place at);
    Result<void> send(Query& query);
    void onEvent(Place at, std::uint32_t events);
    void onTcp(Place at, std::uint32_t events);
    void finish(Place at, std::string answer);

    EventLoop& m_loop;
    std::list<Query> m_queries;
};

} // namespace portlight::names
