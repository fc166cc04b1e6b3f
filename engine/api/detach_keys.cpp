#include "engine/api/detach_keys.h"

namespace portlight::api {

namespace {

constexpr std::string_view kControls = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

Result<char> keyOf(std::string_view word)
{
    if (word.size() == 1)
        return word.front();
    constexpr std::string_view kPrefix = "ctrl-";
    if (word.size() == kPrefix.size() + 1 && word.starts_with(kPrefix)) {
        if (const auto at = kControls.find(word.back()); at != std::string_view::npos)
            return static_cast<char>(at);
    }
    return makeError(Errc::InvalidArgument,
        "Invalid escape keys (" + std::string(word.substr(0, 64))
            + ") provided: each is one character or ctrl- and one");
}

} // namespace

Result<DetachKeys> DetachKeys::parse(const std::string& keys)
{
    std::string sequence;
    std::string_view rest = keys.empty() ? std::string_view("ctrl-p,ctrl-q") : keys;
    for (;;) {
        const auto comma = rest.find(',');
        PL_TRY(const char key, keyOf(rest.substr(0, comma)));
        sequence.push_back(key);
        if (comma == std::string_view::npos)
            return DetachKeys(std::move(sequence));
        rest.remove_prefix(comma + 1);
    }
}

std::string DetachKeys::feed(std::string_view bytes)
{
    if (m_sequence.empty())
        return std::string(bytes);
    std::string passed;
    for (const char byte : bytes) {
        if (byte != m_sequence[m_matched] && m_matched > 0) {
            // What was held back was typed for the container; the byte may begin anew.
            passed.append(m_sequence, 0, m_matched);
            m_matched = 0;
        }
        if (byte != m_sequence[m_matched]) {
            passed.push_back(byte);
        } else if (++m_matched == m_sequence.size()) {
            m_isFound = true;
            return passed;
        }
    }
    return passed;
}

} // namespace portlight::api
