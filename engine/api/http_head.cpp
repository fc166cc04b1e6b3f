#include "engine/api/http_head.h"

#include "engine/api/api_version.h"
#include "engine/base/version.h"

#include <ctime>

namespace portlight::api {

namespace {

std::string_view reasonOf(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 409:
        return "Conflict";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    default:
        return "Status";
    }
}

void appendHeader(std::string& out, std::string_view name, std::string_view value)
{
    out.append(name).append(": ");
    for (const char c : value)
        out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
    out.append("\r\n");
}

// IMF-fixdate, RFC 9110 section 5.6.7; by hand, because strftime follows the locale.
std::string httpDate()
{
    static constexpr const char* kDays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static constexpr const char* kMonths[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
        "Aug", "Sep", "Oct", "Nov", "Dec" };
    const std::time_t now = std::time(nullptr);
    std::tm utc {};
    ::gmtime_r(&now, &utc);
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
        kDays[utc.tm_wday], utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
        utc.tm_min, utc.tm_sec);
    return std::string(text, static_cast<std::size_t>(size));
}

void appendEngineHeaders(std::string& out)
{
    appendHeader(out, "Api-Version", toString(kMaximumApiVersion));
    appendHeader(out, "Docker-Experimental", "false");
    appendHeader(out, "Ostype", "linux");
    appendHeader(out, "Server", std::string("Portlight/") + kVersion + " (linux)");
}

} // namespace

bool isBodyless(int status)
{
    return status / 100 == 1 || status == 204 || status == 304;
}

std::string encodeHead(const Response& response, const HeadOptions& options)
{
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reasonOf(response.status)).append("\r\n");
    appendEngineHeaders(head);
    appendHeader(head, "Date", httpDate());
    for (const auto& [name, value] : response.headers)
        appendHeader(head, name, value);
    if (!response.contentType.empty())
        appendHeader(head, "Content-Type", response.contentType);
    if (options.framing == Framing::Chunked)
        appendHeader(head, "Transfer-Encoding", "chunked");
    else if (options.framing == Framing::Length && !isBodyless(response.status))
        appendHeader(head, "Content-Length", std::to_string(options.contentLength));
    if (!options.keepAlive)
        appendHeader(head, "Connection", "close");
    return head + "\r\n";
}

std::string encodeHijackHead(const Response& response, bool isUpgrade)
{
    std::string head = isUpgrade ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n";
    appendEngineHeaders(head);
    if (!response.contentType.empty())
        appendHeader(head, "Content-Type", response.contentType);
    if (isUpgrade) {
        appendHeader(head, "Connection", "Upgrade");
        appendHeader(head, "Upgrade", "tcp");
    }
    return head + "\r\n";
}

std::string chunkHead(std::size_t size)
{
    char text[24];
    const int length = std::snprintf(text, sizeof text, "%zx\r\n", size);
    return std::string(text, static_cast<std::size_t>(length));
}

} // namespace portlight::api
