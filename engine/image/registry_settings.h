#pragma once

#include "engine/base/result.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::image {

/// Where images come from and how far that is trusted: registries.json.
///
///     {
///       "insecure-registries": ["registry.lan:5000", "10.0.0.0/8"],
///       "mirrors": { "docker.io": ["https://mirror.lan"] }
///     }
struct RegistrySettings {
    /// Plain http and unknown certificates are taken from these (host, host:port, CIDR block); from
    /// loopback always.
    std::vector<std::string> insecure;
    /// Domain to base addresses, tried in order before the domain itself when pulling.
    std::map<std::string, std::vector<std::string>> mirrors;
    /// Holds `<domain>/ca.crt`, the authority of one registry, as docker has it.
    std::string certificatesDir;

    bool isInsecure(const std::string& domain) const;
    /// Empty where @p domain has no authority of its own.
    std::string caFile(const std::string& domain) const;
};

/// Reads @p path; a missing file gives empty settings. Errors: InvalidArgument naming file and key.
Result<RegistrySettings> readRegistrySettings(const std::string& path);

} // namespace portlight::image
