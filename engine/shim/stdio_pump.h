#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/container_process.h"
#include "engine/shim/event_loop.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace portlight::shim {

/// One process's standard streams, on pipes or on a terminal: hands on what it writes and feeds it
/// what clients send.
class StdioPump {
public:
    using Sink = std::function<void(std::uint8_t stream, std::string_view bytes)>;

    StdioPump(EventLoop& loop, Sink sink)
        : m_loop(loop)
        , m_sink(std::move(sink))
    {
    }
    StdioPump(const StdioPump&) = delete;
    StdioPump& operator=(const StdioPump&) = delete;
    ~StdioPump();

    /// Makes the pipes; standard input is /dev/null unless @p hasInput.
    Result<void> openPipes(bool hasInput);
    /// The process's ends, for its creation; closed here afterwards by closeProcessEnds().
    runtime::StandardStreams processEnds() const;
    void closeProcessEnds();
    /// The terminal's master, once the process has made it.
    Result<void> setConsole(Fd master, bool hasInput);

    /// Queues @p bytes for standard input; dropped when that is closed.
    void writeInput(std::string_view bytes);
    /// Closes standard input once all that is queued is written; a terminal's stays open.
    void endInput();
    bool isInputCongested() const noexcept { return m_input.size() > kInputBacklog; }
    /// Called when isInputCongested() may have changed.
    void setInputDrained(std::function<void()> callback) { m_inputDrained = std::move(callback); }
    Result<void> resize(const oci::ConsoleSize& size);

    /// Stops or goes on reading: nothing is lost, the process waits.
    void setPaused(bool isPaused);
    /// True when both outputs have come to their end.
    bool isFinished() const noexcept { return !m_output.isOpen() && !m_error.isOpen(); }
    /// Reads what is there right now, whether paused or not.
    void drain();

private:
    static constexpr std::size_t kInputBacklog = 256U << 10U;

    Result<void> watchOutput(Fd& fd, std::uint8_t stream);
    void onOutput(Fd& fd, std::uint8_t stream);
    void closeOutput(Fd& fd);
    void onInput();
    void closeInput();

    EventLoop& m_loop;
    Sink m_sink;
    std::function<void()> m_inputDrained;
    Fd m_inputEnd; ///< ours: what we write to
    Fd m_output;
    Fd m_error;
    Fd m_processInput;
    Fd m_processOutput;
    Fd m_processError;
    std::string m_input;
    bool m_hasInputEnded = false;
    bool m_isConsole = false;
    bool m_isPaused = false;
};

} // namespace portlight::shim
