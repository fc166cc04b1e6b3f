#pragma once

#include <string>
#include <string_view>

namespace portlight::cli {

/// Takes a multiplexed stream of logs or attach apart, piece by piece, and writes each frame to
/// standard output or error. Engine API, ContainerAttach, "Stream format".
class FrameWriter {
public:
    /// False where standard output's reader is gone.
    bool feed(std::string_view bytes);

private:
    std::string m_head {};
    std::size_t m_left = 0; ///< of the open frame's text
    int m_descriptor = 1;
};

/// Looks for the keys that detach in what is typed. They are held back while they may be the start
/// of the sequence.
class DetachKeys {
public:
    /// "ctrl-p,ctrl-q"; empty: those two. False where @p text names no keys.
    bool set(const std::string& text);
    /// What of @p typed goes on to the container; isDetached() once the sequence is whole.
    std::string feed(std::string_view typed);
    bool isDetached() const { return m_isDetached; }

private:
    std::string m_keys = "\x10\x11";
    std::size_t m_matched = 0;
    bool m_isDetached = false;
};

} // namespace portlight::cli
