#pragma once

#include "engine/base/async.h"
#include "engine/core/notifier.h"
#include "engine/core/shim_client.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace portlight::core {

/// Which streams a client wants of a container.
struct AttachOptions {
    bool wantsStdin = false;
    bool wantsStdout = false;
    bool wantsStderr = false;
};

struct AttachedOutput {
    std::uint8_t stream = 1; ///< 1 stdout, 2 stderr; a terminal has only 1
    std::string bytes;
};

/// A client's hold on a container's streams. It may be made before the container starts: the start
/// then connects it before the process runs, so that no output is lost. io thread only.
class AttachSession {
public:
    AttachSession(asio::any_io_executor executor, AttachOptions options);

    /// The next output; nullopt when the container's streams have ended. Errors: Cancelled.
    Task<std::optional<AttachedOutput>> next();
    /// Waits for the start where the container does not run yet. Errors: Unavailable at the end.
    Task<void> writeStdin(std::string bytes);
    Task<void> closeStdin();

    /// Connects to the shim of @p state and waits until it has taken the attach.
    Task<void> connect(std::string state);
    /// Ends a session that will never be connected (the start failed, the container was removed).
    void end();

private:
    Task<void> awaitConnection();

    asio::any_io_executor m_executor;
    AttachOptions m_options;
    std::shared_ptr<ShimConnection> m_connection;
    Notifier m_connected;
    bool m_isEnded = false;
};

} // namespace portlight::core
