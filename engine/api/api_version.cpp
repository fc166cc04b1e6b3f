#include "engine/api/api_version.h"

#include <charconv>
#include <optional>

namespace portlight::api {

namespace {

// "1.43": two numbers of at most three digits, no sign, nothing else.
std::optional<ApiVersion> parseVersion(std::string_view text)
{
    const auto dot = text.find('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    const auto number = [](std::string_view digits) -> std::optional<int> {
        int value = 0;
        const char* end = digits.data() + digits.size();
        if (digits.empty() || digits.size() > 3 || digits[0] == '-')
            return std::nullopt;
        const auto [stop, error] = std::from_chars(digits.data(), end, value);
        if (error != std::errc {} || stop != end)
            return std::nullopt;
        return value;
    };
    const auto major = number(text.substr(0, dot));
    const auto minor = number(text.substr(dot + 1));
    if (!major || !minor)
        return std::nullopt;
    return ApiVersion { *major, *minor };
}

} // namespace

std::string toString(const ApiVersion& version)
{
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

Result<ApiVersion> takeVersionPrefix(std::string& path)
{
    if (!path.starts_with("/v"))
        return kMaximumApiVersion;
    const auto end = std::min(path.find('/', 1), path.size());
    const auto version = parseVersion(std::string_view(path).substr(2, end - 2));
    if (!version)
        return kMaximumApiVersion;
    if (*version > kMaximumApiVersion)
        return makeError(Errc::InvalidArgument,
            "client version " + toString(*version)
                + " is too new. Maximum supported API version is " + toString(kMaximumApiVersion));
    if (*version < kMinimumApiVersion)
        return makeError(Errc::InvalidArgument,
            "client version " + toString(*version)
                + " is too old. Minimum supported API version is " + toString(kMinimumApiVersion)
                + ", please upgrade your client to a newer version");
    path.erase(0, end);
    if (path.empty())
        path = "/";
    return *version;
}

} // namespace portlight::api
