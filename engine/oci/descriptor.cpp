#include "engine/oci/descriptor.h"

namespace portlight::oci {

Result<std::map<std::string, std::string>> stringMap(const Json& object, const char* key)
{
    std::map<std::string, std::string> map;
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return map;
    if (!member.is_object())
        return makeError(
            Errc::InvalidArgument, "field '" + std::string(key) + "' is not an object of strings");
    for (const auto& [name, value] : member.items()) {
        if (!value.is_string())
            return makeError(Errc::InvalidArgument,
                "field '" + std::string(key) + "': '" + name + "' is not a string");
        map.emplace(name, value.get<std::string>());
    }
    return map;
}

Result<Descriptor> descriptorFromJson(const Json& json)
{
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "a descriptor is not an object");
    PL_TRY(auto mediaType, jsonString(json, "mediaType"));
    PL_TRY(const auto digestText, jsonString(json, "digest"));
    PL_TRY(auto digest, Digest::parse(digestText));
    if (!jsonMember(json, "size").is_number_integer())
        return makeError(
            Errc::InvalidArgument, "the descriptor of " + digest.text() + " has no valid size");
    PL_TRY(const auto size, jsonInt(json, "size"));
    if (size < 0)
        return makeError(Errc::InvalidArgument,
            "the descriptor of " + digest.text() + " has size " + std::to_string(size));
    Descriptor descriptor { std::move(mediaType), std::move(digest), size, {}, {} };
    PL_TRY(descriptor.annotations, stringMap(json, "annotations"));
    if (const Json& platform = jsonMember(json, "platform"); platform.is_object()) {
        PL_TRY(auto parsed, platformFromJson(platform));
        descriptor.platform = std::move(parsed);
    } else if (!platform.is_null()) {
        return makeError(Errc::InvalidArgument, "field 'platform' is not an object");
    }
    return descriptor;
}

Json descriptorToJson(const Descriptor& descriptor)
{
    Json json { { "mediaType", descriptor.mediaType }, { "digest", descriptor.digest.text() },
        { "size", descriptor.sizeBytes } };
    if (!descriptor.annotations.empty())
        json["annotations"] = descriptor.annotations;
    if (descriptor.platform)
        json["platform"] = platformToJson(*descriptor.platform);
    return json;
}

} // namespace portlight::oci
