#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::oci {

/// What an image runs on; image-spec image-index.md, `platform`. Names are Go's (GOOS, GOARCH).
struct Platform {
    std::string os;
    std::string architecture;
    std::string variant; ///< "v8"; empty where there is none
    std::string osVersion;

    friend bool operator==(const Platform&, const Platform&) = default;
};

/// "linux/amd64" or "linux/arm/v7", as clients write and read it.
std::string platformText(const Platform& platform);
/// Reads "os", "os/arch" or "os/arch/variant"; what is missing comes from the host. Common other
/// names (x86_64, aarch64) are taken too. Errors: InvalidArgument.
Result<Platform> parsePlatform(std::string_view text);
/// Errors: InvalidArgument for fields that are no strings.
Result<Platform> platformFromJson(const Json& json);
Json platformToJson(const Platform& platform);
/// This machine.
const Platform& hostPlatform();

/// How well an image for @p offered runs where @p wanted is asked for: 0 not at all, higher is
/// better (same variant over a compatible older one).
int platformMatch(const Platform& wanted, const Platform& offered);

} // namespace portlight::oci
