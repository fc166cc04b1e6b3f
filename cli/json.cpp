#include "cli/json.h"

namespace portlight::cli {

Result<Json> parseJson(std::string_view text)
{
    try {
        return Json::parse(text);
    } catch (const Json::exception& failure) {
        return makeError(
            Errc::Internal, std::string("the engine's answer is no JSON: ") + failure.what());
    }
}

std::string dumpJson(const Json& value, int indent)
{
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

const Json& member(const Json& object, const std::string& key)
{
    static const Json null;
    if (!object.is_object())
        return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

const Json& memberAt(const Json& object, std::string_view path)
{
    const Json* at = &object;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        at = &member(*at, std::string(path.substr(0, dot)));
        path = dot == std::string_view::npos ? std::string_view {} : path.substr(dot + 1);
    }
    return *at;
}

std::string text(const Json& value, const std::string& fallback)
{
    return value.is_string() ? value.get_ref<const std::string&>() : fallback;
}

std::int64_t number(const Json& value, std::int64_t fallback)
{
    return value.is_number() ? value.get<std::int64_t>() : fallback;
}

double decimal(const Json& value, double fallback)
{
    return value.is_number() ? value.get<double>() : fallback;
}

bool truth(const Json& value)
{
    return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> texts(const Json& value)
{
    std::vector<std::string> all;
    if (value.is_array())
        for (const Json& item : value)
            all.push_back(text(item));
    return all;
}

} // namespace portlight::cli
