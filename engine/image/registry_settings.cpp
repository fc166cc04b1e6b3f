#include "engine/image/registry_settings.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"
#include "engine/image/http_client.h"
#include "engine/image/http_proxy.h"

#include <unistd.h>

#include <algorithm>

namespace portlight::image {

namespace {

std::string hostOf(const std::string& domain)
{
    const auto colon = domain.rfind(':');
    const auto bracket = domain.rfind(']');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket))
        return domain;
    return domain.substr(0, colon);
}

Result<void> readMirrors(const Json& mirrors, RegistrySettings& settings)
{
    if (!mirrors.is_object())
        return makeError(Errc::InvalidArgument, "'mirrors' is not an object");
    for (const auto& [domain, value] : mirrors.items()) {
        PL_TRY(const auto addresses, jsonStrings(mirrors, domain.c_str()));
        for (std::string address : addresses) {
            while (address.ends_with('/'))
                address.pop_back();
            if (originOf(address).empty())
                return makeError(Errc::InvalidArgument,
                    "mirror '" + address + "' of '" + domain + "' is no http or https address");
            settings.mirrors[domain].push_back(std::move(address));
        }
    }
    return success();
}

Result<RegistrySettings> parse(const std::string& text)
{
    PL_TRY(const auto json, parseJson(text));
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "not a JSON object");
    RegistrySettings settings;
    for (const auto& [key, value] : json.items()) {
        if (key == "insecure-registries") {
            PL_TRY(settings.insecure, jsonStrings(json, key.c_str()));
        } else if (key == "mirrors") {
            PL_TRY(readMirrors(value, settings));
        } else {
            return makeError(Errc::InvalidArgument, "unknown key '" + key + "'");
        }
    }
    return settings;
}

} // namespace

bool RegistrySettings::isInsecure(const std::string& domain) const
{
    const std::string host = hostOf(domain);
    if (isLoopbackHost(host))
        return true;
    return std::any_of(insecure.begin(), insecure.end(), [&](const std::string& rule) {
        return rule == domain || rule == host
            || (rule.find('/') != std::string::npos && isInBlock(host, rule));
    });
}

std::string RegistrySettings::caFile(const std::string& domain) const
{
    const std::string path = certificatesDir + "/" + domain + "/ca.crt";
    return !certificatesDir.empty() && ::access(path.c_str(), R_OK) == 0 ? path : std::string();
}

Result<RegistrySettings> readRegistrySettings(const std::string& path)
{
    const auto text = readFile(path, 1U << 20U);
    if (!text && text.error().code == Errc::NotFound)
        return RegistrySettings();
    if (!text)
        return text.error();
    auto settings = parse(text.value());
    if (!settings)
        return withContext(settings.error(), "configuration '" + path + "'");
    return settings;
}

} // namespace portlight::image
