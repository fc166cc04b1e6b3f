#pragma once

#include "cli/client/engine.h"
#include "cli/client/frames.h"

#include <functional>
#include <string>

namespace portlight::cli {

/// How standard input, output and error are joined to a process in a container.
struct SessionSettings {
    bool hasTerminal = false; ///< the process has one: its output comes raw, keys go to it raw
    bool takesInput = false;
    bool takesOutput = true;
    /// Where to tell the size of our window: /containers/ID/resize or /exec/ID/resize.
    std::string resizePath {};
    /// Where signals that this process gets go: /containers/ID/kill; empty: they end this process.
    std::string killPath {};
    DetachKeys detachKeys {};
};

enum class SessionEnd { Closed, Detached };

/// Signals are heard from here on instead of ending this process; made before the container starts,
/// so that none is lost. signalfd(2).
class SignalFeed {
public:
    SignalFeed();
    int descriptor() const { return m_signals.get(); }
    /// The next signal that is pending, 0 where there is none.
    int take() const;

private:
    Fd m_signals;
};

/// Tells the size of standard output's window; what the engine says to it is of no matter.
void sendWindowSize(Engine& engine, const SessionSettings& settings);

/// Moves bytes both ways until the engine closes the stream or the user detaches. Errors:
/// Unavailable where the engine goes away.
Result<SessionEnd> runSession(
    Engine& engine, Connection& connection, SessionSettings& settings, const SignalFeed& signals);

/// "INT" for SIGINT; empty for those that are not passed on.
std::string forwardedSignal(int number);

} // namespace portlight::cli
