#include "engine/image/http_proxy.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace portlight::image {

namespace {

std::string variable(const std::string& name)
{
    std::string upper = name;
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    for (const std::string& each : { name, upper })
        if (const char* value = std::getenv(each.c_str()); value != nullptr && *value != '\0')
            return value;
    return {};
}

std::string unbracketed(const std::string& host)
{
    return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

bool isCovered(const std::string& host, std::uint16_t port, std::string_view rule)
{
    while (!rule.empty() && rule.front() == ' ')
        rule.remove_prefix(1);
    while (!rule.empty() && rule.back() == ' ')
        rule.remove_suffix(1);
    if (rule == "*")
        return true;
    if (const auto colon = rule.rfind(':');
        colon != std::string_view::npos && rule.find(':') == colon) {
        if (rule.substr(colon + 1) != std::to_string(port))
            return false;
        rule = rule.substr(0, colon);
    }
    if (rule.starts_with('.'))
        rule.remove_prefix(1);
    if (rule.empty())
        return false;
    if (rule.find('/') != std::string_view::npos)
        return isInBlock(host, std::string(rule));
    return host == rule
        || (host.size() > rule.size() && host.ends_with(rule)
            && host[host.size() - rule.size() - 1] == '.');
}

} // namespace

bool isInBlock(const std::string& host, const std::string& block)
{
    const auto slash = block.find('/');
    const std::string network = block.substr(0, slash);
    const std::string address = unbracketed(host);
    unsigned bits = 128;
    if (slash != std::string::npos) {
        const char* end = block.data() + block.size();
        const auto [at, code] = std::from_chars(block.data() + slash + 1, end, bits);
        if (code != std::errc() || at != end)
            return false;
    }
    for (const int family : { AF_INET, AF_INET6 }) {
        unsigned char a[16] = {};
        unsigned char b[16] = {};
        if (::inet_pton(family, address.c_str(), a) != 1
            || ::inet_pton(family, network.c_str(), b) != 1)
            continue;
        const unsigned width = family == AF_INET ? 32 : 128;
        bits = std::min(bits, width);
        for (unsigned at = 0; at < bits; ++at)
            if (((a[at / 8] ^ b[at / 8]) >> (7 - at % 8) & 1) != 0)
                return false;
        return true;
    }
    return false;
}

bool isLoopbackHost(const std::string& host)
{
    const std::string name = unbracketed(host);
    return name == "localhost" || name.ends_with(".localhost") || isInBlock(name, "127.0.0.0/8")
        || name == "::1";
}

std::string proxyFor(const std::string& scheme, const std::string& host, std::uint16_t port)
{
    const std::string proxy = variable(scheme + "_proxy");
    if (proxy.empty() || isLoopbackHost(host))
        return {};
    const std::string rules = variable("no_proxy");
    for (std::size_t start = 0; start <= rules.size();) {
        const std::size_t end = std::min(rules.find(',', start), rules.size());
        if (isCovered(host, port, std::string_view(rules).substr(start, end - start)))
            return {};
        start = end + 1;
    }
    return proxy.find("://") == std::string::npos ? "http://" + proxy : proxy;
}

} // namespace portlight::image
