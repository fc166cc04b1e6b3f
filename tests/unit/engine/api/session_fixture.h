#pragma once

#include "engine/api/server.h"
#include "engine/base/fd.h"
#include "engine/base/temp_dir.h"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <string>
#include <thread>

namespace portlight::test {

/// What the fixture's handlers saw, to be awaited by the test's thread.
struct Seen {
    std::atomic<int> waiting { 0 }; ///< handlers of /wait that began
    std::atomic<int> cancelled { 0 }; ///< those that were cancelled
    std::atomic<int> finished { 0 }; ///< those that came to their end
    std::atomic<long> streamed { 0 }; ///< bytes that /endless got rid of
    std::atomic<int> streamEnds { 0 }; ///< how often /endless ended
    std::atomic<int> hijackEnds { 0 };
    std::atomic<long> hijackedBytes { 0 }; ///< read by /hijack
};

/// A server with handlers of every kind on a socket in a directory of its own; its io thread runs
/// until the fixture goes.
///
///     GET  /hello             "hello"
///     POST /echo              the body
///     POST /unread            204 without reading the body
///     GET, POST /wait         until release(); 204
///     GET  /chunks            "one", "two", "three" as chunks
///     GET  /endless           64 KiB pieces for ever
///     GET  /broken            throws after it began to stream
///     GET  /throws            throws
///     POST /hijack            sends back what comes, then "bye"
///     POST /hijack/silent     reads nothing and waits for ever
class SessionFixture {
public:
    explicit SessionFixture(api::ServerOptions options = {});
    ~SessionFixture();
    SessionFixture(const SessionFixture&) = delete;
    SessionFixture& operator=(const SessionFixture&) = delete;

    const std::string& socketPath() const { return m_socketPath; }
    Seen& seen() { return m_seen; }
    /// Lets the handlers of /wait go on.
    void release();
    /// Server::stop() from the io thread; returns when it is done.
    void stop();

private:
    void addRoutes();
    asio::awaitable<void> waitForRelease();

    TempDir m_directory;
    std::string m_socketPath;
    asio::io_context m_io { 1 };
    asio::executor_work_guard<asio::io_context::executor_type> m_guard;
    asio::steady_timer m_release;
    api::Router m_router;
    Seen m_seen;
    std::unique_ptr<api::Server> m_server;
    bool m_isStopped = false;
    std::thread m_thread;
};

/// A client that sees bytes: blocking, every wait limited to 10 s.
class RawClient {
public:
    explicit RawClient(const std::string& socketPath);

    /// False where the server has closed.
    bool send(std::string_view bytes);
    void shutdownSend();
    /// What comes until @p end has been seen (included), or until the end of the connection.
    std::string readUntil(std::string_view end);
    /// Everything until the server closes; isTimedOut() tells whether it did not.
    std::string readToEnd();
    bool isTimedOut() const { return m_isTimedOut; }
    void close() { m_socket.reset(); }
    int descriptor() const { return m_socket.get(); }

private:
    Fd m_socket;
    std::string m_pending;
    bool m_isTimedOut = false;
};

} // namespace portlight::test
