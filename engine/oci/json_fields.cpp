#include "engine/oci/json_fields.h"

namespace portlight::oci {

Result<std::string> requiredString(const Json& object, const char* key)
{
    PL_TRY(auto text, jsonString(object, key));
    if (text.empty())
        return makeError(
            Errc::InvalidArgument, "field '" + std::string(key) + "' is missing or empty");
    return text;
}

Result<std::map<std::string, std::string>> stringMapField(const Json& object, const char* key)
{
    std::map<std::string, std::string> map;
    PL_TRY(const Json* member, objectField(object, key));
    if (member->is_null())
        return map;
    for (const auto& [name, value] : member->items()) {
        if (!value.is_string())
            return makeError(Errc::InvalidArgument,
                "field '" + std::string(key) + "': value of '" + name + "' is not a string");
        map.emplace(name, value.get_ref<const std::string&>());
    }
    return map;
}

Result<const Json*> objectField(const Json& object, const char* key)
{
    const Json& member = jsonMember(object, key);
    if (!member.is_null() && !member.is_object())
        return makeError(
            Errc::InvalidArgument, "field '" + std::string(key) + "' is not an object");
    return &member;
}

} // namespace portlight::oci
