#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace portlight::test {

/// Stands before a server on loopback and cuts connections: what a bad network does to a download.
class CuttingProxy {
public:
    /// Every connection ends once it has brought @p bytesEach from the server at @p port; after
    /// @p cuts of them all go on to their end. With @p bytesEach reached and @p isStalling nothing
    /// more comes, and the connection stays.
    static Result<std::unique_ptr<CuttingProxy>> start(
        int port, std::int64_t bytesEach, int cuts, bool isStalling = false);
    ~CuttingProxy();
    CuttingProxy(const CuttingProxy&) = delete;
    CuttingProxy& operator=(const CuttingProxy&) = delete;

    int port() const { return m_port; }
    int cutsLeft() const { return m_cutsLeft; }
    std::int64_t bytesBrought() const { return m_bytes; }

private:
    CuttingProxy() = default;
    void serve();
    void pump(const Fd& client);

    Fd m_listener;
    int m_port = 0;
    int m_serverPort = 0;
    std::int64_t m_bytesEach = 0;
    bool m_isStalling = false;
    std::atomic<int> m_cutsLeft = 0;
    std::atomic<std::int64_t> m_bytes = 0;
    std::atomic<bool> m_isEnding = false;
    std::jthread m_thread;
};

} // namespace portlight::test
