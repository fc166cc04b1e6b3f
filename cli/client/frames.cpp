#include "cli/client/frames.h"

#include "cli/text/human.h"
#include "cli/text/terminal.h"

#include <algorithm>

#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr std::size_t kHeadBytes = 8;

} // namespace

bool FrameWriter::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        if (m_left == 0) {
            const std::size_t wanted = std::min(kHeadBytes - m_head.size(), bytes.size());
            m_head.append(bytes.substr(0, wanted));
            bytes.remove_prefix(wanted);
            if (m_head.size() < kHeadBytes)
                return true;
            for (std::size_t at = 4; at < kHeadBytes; ++at)
                m_left = m_left << 8U | static_cast<unsigned char>(m_head[at]);
            m_descriptor = m_head[0] == 2 ? STDERR_FILENO : STDOUT_FILENO;
            m_head.clear();
            continue;
        }
        const std::string_view piece = bytes.substr(0, std::min(m_left, bytes.size()));
        if (!put(m_descriptor, piece))
            return false;
        m_left -= piece.size();
        bytes.remove_prefix(piece.size());
    }
    return true;
}

bool DetachKeys::set(const std::string& text)
{
    if (text.empty())
        return true;
    m_keys.clear();
    for (const std::string& key : split(text, ',')) {
        if (key.size() == 1) {
            m_keys += key;
        } else if (key.size() == 6 && key.starts_with("ctrl-")
            && ((key[5] >= '@' && key[5] <= '_') || (key[5] >= 'a' && key[5] <= 'z'))) {
            m_keys += static_cast<char>(key[5] & 0x1F);
        } else {
            return false;
        }
    }
    return true;
}

std::string DetachKeys::feed(std::string_view typed)
{
    std::string passed;
    for (const char c : typed) {
        if (m_isDetached)
            break;
        if (c == m_keys[m_matched]) {
            m_isDetached = ++m_matched == m_keys.size();
            continue;
        }
        // The held back start was ordinary input; this key may start the sequence anew.
        passed.append(m_keys, 0, m_matched);
        m_matched = c == m_keys.front() ? 1 : 0;
        if (m_matched == 0)
            passed += c;
    }
    return passed;
}

} // namespace portlight::cli
