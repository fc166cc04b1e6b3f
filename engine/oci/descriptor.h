#pragma once

#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/oci/platform.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace portlight::oci {

/// Points to a blob: image-spec descriptor.md.
struct Descriptor {
    std::string mediaType;
    Digest digest;
    std::int64_t sizeBytes = 0;
    std::map<std::string, std::string> annotations;
    std::optional<Platform> platform;
};

/// Errors: InvalidArgument naming what is missing or wrong (digest, size below 0, types).
Result<Descriptor> descriptorFromJson(const Json& json);
Json descriptorToJson(const Descriptor& descriptor);
/// An object of strings. Errors: InvalidArgument naming @p key.
Result<std::map<std::string, std::string>> stringMap(const Json& object, const char* key);

} // namespace portlight::oci
