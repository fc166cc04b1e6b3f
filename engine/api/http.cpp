#include "engine/api/http.h"

#include <charconv>

namespace portlight::api {

Task<std::string> BodyReader::readAll(std::size_t limitBytes)
{
    std::string bytes;
    for (;;) {
        PL_CO_TRY(auto piece, co_await read());
        if (piece.empty())
            co_return bytes;
        if (bytes.size() + piece.size() > limitBytes)
            co_return makeError(Errc::InvalidArgument,
                "request body is larger than " + std::to_string(limitBytes) + " bytes");
        bytes.append(piece);
    }
}

Result<std::string> Request::pathParam(const std::string& name) const
{
    const auto found = pathParams.find(name);
    if (found == pathParams.end())
        return makeError(Errc::Internal, "route has no parameter '" + name + "'");
    return found->second;
}

std::string Request::query(const std::string& name) const
{
    const auto found = queryParams.lower_bound(name);
    return found == queryParams.end() || found->first != name ? std::string() : found->second;
}

std::vector<std::string> Request::queryAll(const std::string& name) const
{
    std::vector<std::string> values;
    const auto [begin, end] = queryParams.equal_range(name);
    for (auto at = begin; at != end; ++at)
        values.push_back(at->second);
    return values;
}

bool Request::queryFlag(const std::string& name, bool fallback) const
{
    if (!queryParams.contains(name))
        return fallback;
    std::string value = query(name);
    for (char& c : value)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return !(value.empty() || value == "0" || value == "no" || value == "false" || value == "none");
}

Result<std::optional<std::int64_t>> Request::queryInt(const std::string& name) const
{
    const std::string value = query(name);
    if (value.empty())
        return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc {} || stop != end)
        return makeError(
            Errc::InvalidArgument, "invalid value '" + value + "' of " + name + ": not a number");
    return std::optional<std::int64_t>(number);
}

Result<std::map<std::string, std::vector<std::string>>> Request::filters() const
{
    std::map<std::string, std::vector<std::string>> found;
    const std::string text = query("filters");
    if (text.empty())
        return found;
    const auto invalid = [](const std::string& why) {
        return makeError(Errc::InvalidArgument, "invalid filter: " + why);
    };
    const auto parsed = parseJson(text);
    if (!parsed)
        return invalid(parsed.error().message);
    if (parsed.value().is_null())
        return found;
    if (!parsed.value().is_object())
        return invalid("not a JSON object");
    for (const auto& [name, values] : parsed.value().items()) {
        auto& list = found[name];
        if (values.is_object()) {
            for (const auto& [value, isSet] : values.items()) {
                if (!isSet.is_boolean())
                    return invalid("'" + name + "' must map values to true or false");
                if (isSet.get<bool>())
                    list.push_back(value);
            }
        } else if (values.is_array()) { // API 1.21 and older, and some SDKs to this day
            for (const Json& value : values) {
                if (!value.is_string())
                    return invalid("'" + name + "' must hold strings");
                list.push_back(value.get<std::string>());
            }
        } else {
            return invalid("'" + name + "' must be an object or a list");
        }
    }
    return found;
}

Task<Json> Request::json()
{
    if (!body)
        co_return Json::object();
    PL_CO_TRY(const auto text, co_await body->readAll());
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        co_return Json::object();
    auto parsed = parseJson(text);
    if (!parsed)
        co_return withContext(parsed.error(), "request body");
    if (parsed.value().is_null())
        co_return Json::object();
    if (!parsed.value().is_object())
        co_return makeError(Errc::InvalidArgument, "request body: not a JSON object");
    co_return std::move(parsed).value();
}

Response Response::empty(int status)
{
    Response response;
    response.status = status;
    return response;
}

Response Response::json(const Json& value, int status)
{
    Response response;
    response.status = status;
    response.contentType = "application/json";
    response.body = dumpJson(value) + "\n";
    return response;
}

Response Response::text(std::string text, int status)
{
    Response response;
    response.status = status;
    response.contentType = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Response Response::streamed(std::string contentType, StreamBody body)
{
    Response response;
    response.contentType = std::move(contentType);
    response.stream = std::move(body);
    return response;
}

Response Response::hijacked(std::string contentType, HijackBody body)
{
    Response response;
    response.contentType = std::move(contentType);
    response.hijack = std::move(body);
    return response;
}

} // namespace portlight::api
