#include "engine/base/id.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

namespace portlight {

std::string randomHex(std::size_t count)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string bytes((count + 1) / 2, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
        if (got > 0)
            have += static_cast<std::size_t>(got);
    }
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        hex.push_back(kDigits[value >> 4U]);
        hex.push_back(kDigits[value & 15U]);
    }
    hex.resize(count);
    return hex;
}

std::string newId()
{
    for (;;) {
        std::string id = randomHex(64);
        if (std::any_of(id.begin(), id.begin() + 12, [](char c) { return c >= 'a'; }))
            return id;
    }
}

std::string_view shortId(std::string_view id)
{
    if (const auto colon = id.find(':'); colon != std::string_view::npos)
        id.remove_prefix(colon + 1);
    return id.substr(0, 12);
}

} // namespace portlight
