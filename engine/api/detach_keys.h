#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::api {

/// Finds the keys with which a client leaves a container's terminal, in what it types: Engine API,
/// `detachKeys`. Fed with bytes as they come; a begun sequence is held back until it is decided.
class DetachKeys {
public:
    /// @p keys as "ctrl-p,ctrl-q" or "ctrl-@,x"; empty: the default. Errors: InvalidArgument.
    static Result<DetachKeys> parse(const std::string& keys);
    /// Finds nothing, ever: for what is no terminal.
    static DetachKeys none() { return DetachKeys(std::string()); }

    /// Takes @p bytes and gives what is to be passed on. isFound() then tells whether the rest was
    /// the sequence.
    std::string feed(std::string_view bytes);
    bool isFound() const noexcept { return m_isFound; }

private:
    explicit DetachKeys(std::string sequence)
        : m_sequence(std::move(sequence))
    {
    }
    std::string m_sequence;
    std::size_t m_matched = 0;
    bool m_isFound = false;
};

} // namespace portlight::api
