#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portlight::core {

/// resolv.conf(5).
struct ResolverConfig {
    std::vector<std::string> servers;
    std::vector<std::string> search;
    std::vector<std::string> options;
};

ResolverConfig parseResolverConfig(std::string_view text);
std::string toText(const ResolverConfig& config);
/// /etc/resolv.conf; where that names systemd-resolved's stub alone, what stands behind it.
ResolverConfig hostResolver();
/// True for addresses that only the host itself reaches ("127.0.0.53", "::1").
bool isLoopbackServer(const std::string& server);

} // namespace portlight::core
