#pragma once

#include <cstdint>
#include <string>

namespace portlight::image {

/// The proxy that the environment names for a host: http_proxy or https_proxy by @p scheme, lower
/// case first, unless no_proxy covers it (names and their subdomains, addresses, CIDR blocks, "*").
/// Loopback never has one. Empty: connect directly.
std::string proxyFor(const std::string& scheme, const std::string& host, std::uint16_t port);

/// True for localhost and loopback addresses (brackets allowed).
bool isLoopbackHost(const std::string& host);
/// True where @p host is an address in the CIDR block @p block ("10.0.0.0/8").
bool isInBlock(const std::string& host, const std::string& block);

} // namespace portlight::image
