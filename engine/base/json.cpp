#include "engine/base/json.h"

namespace portlight {

namespace {

constexpr int kMaxDepth = 128;

Error typeError(const char* key, const char* wanted)
{
    return makeError(
        Errc::InvalidArgument, "field '" + std::string(key) + "' is not " + std::string(wanted));
}

// The parser itself is iterative, but destroying a value recurses: refuse depth before building.
bool isTooDeep(std::string_view text)
{
    int depth = 0;
    bool inString = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (inString) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth)
                return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

} // namespace

Result<Json> parseJson(std::string_view text)
{
    if (isTooDeep(text))
        return makeError(Errc::InvalidArgument, "JSON is nested too deeply");
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& failure) {
        return makeError(
            Errc::InvalidArgument, "invalid JSON at byte " + std::to_string(failure.byte));
    } catch (const Json::exception& failure) {
        return makeError(Errc::InvalidArgument, std::string("invalid JSON: ") + failure.what());
    }
}

std::string dumpJson(const Json& value, int indent)
{
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

const Json& jsonMember(const Json& object, const char* key)
{
    static const Json null;
    if (!object.is_object())
        return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

Result<std::string> jsonString(const Json& object, const char* key, std::string fallback)
{
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return fallback;
    if (!member.is_string())
        return typeError(key, "a string");
    return member.get_ref<const std::string&>();
}

Result<bool> jsonBool(const Json& object, const char* key, bool fallback)
{
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return fallback;
    if (!member.is_boolean())
        return typeError(key, "true or false");
    return member.get<bool>();
}

Result<std::int64_t> jsonInt(const Json& object, const char* key, std::int64_t fallback)
{
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return fallback;
    if (!member.is_number_integer())
        return typeError(key, "a whole number");
    return member.get<std::int64_t>();
}

Result<std::vector<std::string>> jsonStrings(const Json& object, const char* key)
{
    std::vector<std::string> strings;
    const Json& member = jsonMember(object, key);
    if (member.is_null())
        return strings;
    if (!member.is_array())
        return typeError(key, "a list of strings");
    for (const Json& item : member) {
        if (!item.is_string())
            return typeError(key, "a list of strings");
        strings.push_back(item.get_ref<const std::string&>());
    }
    return strings;
}

} // namespace portlight
