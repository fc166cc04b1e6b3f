#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/runtime/shim_protocol.h"
#include "engine/shim/event_loop.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace portlight::shim {

/// One engine or attached client: frames in, frames out, never waiting for it.
class Connection {
public:
    struct Callbacks {
        std::function<void(Connection&, runtime::Frame)> frame;
        /// The peer is gone or speaks something else. The callee may destroy the connection.
        std::function<void(Connection&)> closed;
        /// Something of the queue was written.
        std::function<void(Connection&)> drained;
    };

    Connection(EventLoop& loop, Fd socket, Callbacks callbacks);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    Result<void> open();
    void send(runtime::FrameType type, std::string_view payload = {});
    /// An Output frame.
    void sendOutput(std::uint8_t stream, std::string_view bytes);
    std::size_t queuedBytes() const noexcept { return m_queue.size() - m_sent; }
    /// Stops or goes on reading from the peer.
    void setReadPaused(bool isPaused);

    std::uint64_t serial = 0; ///< never given twice; kept by the shim
    // What this peer has asked for; kept by the shim.
    bool wantsOutput = false;
    bool wantsError = false;
    bool hasInput = false;
    bool wantsExit = false;

private:
    void onReady(std::uint32_t events);
    bool readFrames();
    void flush();
    void watch();

    EventLoop& m_loop;
    Fd m_socket;
    Callbacks m_callbacks;
    runtime::FrameParser m_parser;
    std::string m_queue;
    std::size_t m_sent = 0;
    bool m_isReadPaused = false;
    bool m_isBroken = false;
    bool* m_destroyed = nullptr; ///< set by the destructor while a callback runs
};

} // namespace portlight::shim
