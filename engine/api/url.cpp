#include "engine/api/url.h"

namespace portlight::api {

namespace {

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

Result<void> parseQuery(std::string_view text, std::multimap<std::string, std::string>& out)
{
    while (!text.empty()) {
        const auto end = text.find('&');
        const std::string_view item = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view {} : text.substr(end + 1);
        if (item.empty())
            continue;
        const auto equals = item.find('=');
        const bool hasValue = equals != std::string_view::npos;
        PL_TRY(auto name, percentDecode(item.substr(0, equals), true));
        PL_TRY(auto value,
            percentDecode(hasValue ? item.substr(equals + 1) : std::string_view {}, true));
        out.emplace(std::move(name), std::move(value));
    }
    return success();
}

} // namespace

Result<std::string> percentDecode(std::string_view text, bool plusIsSpace)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '%') {
            const int high = at + 2 < text.size() ? hexValue(text[at + 1]) : -1;
            const int low = at + 2 < text.size() ? hexValue(text[at + 2]) : -1;
            if (high < 0 || low < 0)
                return makeError(
                    Errc::InvalidArgument, "invalid percent encoding in the request's address");
            c = static_cast<char>(high * 16 + low);
            at += 2;
        } else if (c == '+' && plusIsSpace) {
            c = ' ';
        }
        if (c == '\0')
            return makeError(Errc::InvalidArgument, "NUL byte in the request's address");
        decoded.push_back(c);
    }
    return decoded;
}

Result<Target> parseTarget(std::string_view text)
{
    if (text.starts_with("http://")) { // absolute form, RFC 9112 section 3.2.2
        const auto slash = text.find('/', 7);
        text = slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
    }
    if (!text.starts_with('/'))
        return makeError(Errc::InvalidArgument, "the request's address does not start with /");
    text = text.substr(0, text.find('#'));
    const auto mark = text.find('?');
    Target target;
    PL_TRY(auto path, percentDecode(text.substr(0, mark)));
    target.path = std::move(path);
    if (mark != std::string_view::npos) {
        PL_TRY(parseQuery(text.substr(mark + 1), target.query));
    }
    return target;
}

} // namespace portlight::api
