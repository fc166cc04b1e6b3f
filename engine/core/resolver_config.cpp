#include "engine/core/resolver_config.h"

#include "engine/base/syscalls.h"

#include <algorithm>
#include <sstream>

namespace portlight::core {

ResolverConfig parseResolverConfig(std::string_view text)
{
    ResolverConfig config;
    std::istringstream lines { std::string(text) };
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream words(line.substr(0, line.find_first_of("#;")));
        std::string key;
        words >> key;
        std::vector<std::string> values;
        for (std::string word; words >> word;)
            values.push_back(word);
        if (key == "nameserver" && !values.empty())
            config.servers.push_back(values.front());
        else if (key == "search" || key == "domain")
            config.search = values; // the last one counts
        else if (key == "options")
            config.options.insert(config.options.end(), values.begin(), values.end());
    }
    return config;
}

std::string toText(const ResolverConfig& config)
{
    std::string text;
    for (const auto& server : config.servers)
        text += "nameserver " + server + "\n";
    for (const auto& [key, words] :
        { std::pair { "search", &config.search }, std::pair { "options", &config.options } }) {
        if (words->empty())
            continue;
        text += key;
        for (const auto& word : *words)
            text += " " + word;
        text += "\n";
    }
    return text;
}

bool isLoopbackServer(const std::string& server)
{
    return server.starts_with("127.") || server == "::1";
}

ResolverConfig hostResolver()
{
    const auto read = [](const char* path) {
        const auto text = readFile(path, 1U << 20U);
        return parseResolverConfig(text ? text.value() : std::string());
    };
    ResolverConfig config = read("/etc/resolv.conf");
    // The stub of systemd-resolved is of use to the host only; the file behind it has the servers.
    if (!config.servers.empty() && std::ranges::all_of(config.servers, isLoopbackServer)) {
        auto behind = read("/run/systemd/resolve/resolv.conf");
        if (!behind.servers.empty())
            config = std::move(behind);
    }
    return config;
}

} // namespace portlight::core
