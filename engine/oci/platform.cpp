#include "engine/oci/platform.h"

#include <sys/utsname.h>

#include <vector>

namespace portlight::oci {

namespace {

std::string goArchitecture(std::string name)
{
    if (name == "x86_64" || name == "x86-64")
        return "amd64";
    if (name == "aarch64")
        return "arm64";
    if (name == "i386" || name == "i686")
        return "386";
    if (name == "armhf" || name == "armv7l" || name == "armv6l")
        return "arm";
    return name;
}

// arm64 is v8 and arm is v7 where nobody says otherwise (Go's and Docker's convention).
std::string effectiveVariant(const Platform& platform)
{
    if (!platform.variant.empty())
        return platform.variant;
    if (platform.architecture == "arm64")
        return "v8";
    return platform.architecture == "arm" ? "v7" : "";
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0;;) {
        const auto slash = text.find('/', start);
        parts.emplace_back(text.substr(start, slash - start));
        if (slash == std::string_view::npos)
            return parts;
        start = slash + 1;
    }
}

} // namespace

std::string platformText(const Platform& platform)
{
    std::string text = platform.os + "/" + platform.architecture;
    if (!platform.variant.empty())
        text += "/" + platform.variant;
    return text;
}

Result<Platform> parsePlatform(std::string_view text)
{
    const auto parts = split(text);
    for (const auto& part : parts)
        if (part.empty()
            || part.find_first_not_of(
                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
                != std::string::npos)
            return makeError(
                Errc::InvalidArgument, "\"" + std::string(text) + "\" is not a platform (os/arch)");
    if (parts.size() > 3)
        return makeError(
            Errc::InvalidArgument, "\"" + std::string(text) + "\" is not a platform (os/arch)");
    Platform platform = hostPlatform();
    platform.os = parts[0];
    if (parts.size() > 1) {
        platform.architecture = goArchitecture(parts[1]);
        platform.variant = parts.size() > 2 ? parts[2] : "";
    }
    return platform;
}

Result<Platform> platformFromJson(const Json& json)
{
    Platform platform;
    PL_TRY(platform.os, jsonString(json, "os"));
    PL_TRY(platform.architecture, jsonString(json, "architecture"));
    PL_TRY(platform.variant, jsonString(json, "variant"));
    PL_TRY(platform.osVersion, jsonString(json, "os.version"));
    return platform;
}

Json platformToJson(const Platform& platform)
{
    Json json { { "architecture", platform.architecture }, { "os", platform.os } };
    if (!platform.variant.empty())
        json["variant"] = platform.variant;
    if (!platform.osVersion.empty())
        json["os.version"] = platform.osVersion;
    return json;
}

const Platform& hostPlatform()
{
    static const Platform host = [] {
        utsname name {};
        ::uname(&name);
        return Platform { "linux", goArchitecture(name.machine), "", "" };
    }();
    return host;
}

int platformMatch(const Platform& wanted, const Platform& offered)
{
    if (wanted.os != offered.os || wanted.architecture != offered.architecture)
        return 0;
    const std::string want = effectiveVariant(wanted);
    const std::string have = effectiveVariant(offered);
    if (want == have)
        return 10;
    // amd64 without a variant runs anywhere; v2 and up need a CPU that nobody promised.
    if (wanted.architecture == "amd64")
        return have.empty() ? 9 : 0;
    // An older ARM variant runs on a newer one: v6 on v7.
    return !have.empty() && have < want ? 1 + (have.back() - '0') % 8 : 0;
}

} // namespace portlight::oci
