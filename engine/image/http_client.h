#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace portlight::image {

/// What kept a request from an answer; None where there was one.
enum class TransportFailure {
    None,
    Unreachable, ///< no address, refused, no route
    Tls, ///< the other side speaks no TLS
    Certificate, ///< its certificate is not one that this machine trusts
    Interrupted, ///< it began and broke off, or stalled: worth another try
    Other, ///< cancelled, refused by us, disk
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::string> headers; ///< "Name: value"; Authorization stays with its host
    std::string body;
    /// Body from its position, instead of `body`. Not owned.
    const Fd* bodyFile = nullptr;
    std::int64_t bodyFileBytes = 0;
    std::function<void(std::int64_t sentBytes)> onSent;
    /// Takes the body of a 2xx answer; without it, and for other answers, it is collected as text.
    std::function<Result<void>(int status, std::string_view piece)> onBody;
    /// Hears the length of a 2xx answer's body before its first piece, where the server says it.
    std::function<void(std::int64_t totalBytes)> onLength;
    /// Ends the transfer like perform()'s own flag; may be null.
    const std::atomic<bool>* isUnwanted = nullptr;
    std::string caFile; ///< trusted beside the system's authorities
    bool isUnverified = false; ///< any certificate will do
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; repeated ones joined
    std::string text; ///< at most 8 MB
    std::string url; ///< after redirects

    std::string header(const std::string& name) const;
};

/// Connects a TCP socket to a host; for an engine whose own network is not the one to use.
using Dial = std::function<Result<Fd>(const std::string& host, std::uint16_t port)>;

/// HTTP for registries by libcurl: connections are kept, redirects followed (without credentials to
/// another host, never from https to http), the variables http_proxy, https_proxy and no_proxy
/// obeyed. Thread-safe and blocking.
class HttpClient {
public:
    explicit HttpClient(Dial dial = {});
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Errors: Unavailable with host and cause where there was no whole answer, Cancelled, and what
    /// onBody says. @p failure says which of them. A status of 400 and more is an answer.
    Result<HttpResponse> perform(HttpRequest request, const std::atomic<bool>* isCancelled,
        TransportFailure* failure = nullptr);

private:
    class Handle;
    Result<HttpResponse> once(const HttpRequest& request, const std::atomic<bool>* isCancelled,
        TransportFailure& failure);

    Dial m_dial;
    std::mutex m_mutex;
    std::vector<void*> m_idle; ///< CURL handles with their connections
};

/// "https://host:port" of a URL, as its parser reads it; empty for what is no http(s) URL.
std::string originOf(const std::string& url);
/// @p reference (absolute or not) against @p base; empty where it makes no http(s) URL.
std::string resolveUrl(const std::string& base, const std::string& reference);
/// Percent-encodes all but unreserved characters.
std::string urlEncode(std::string_view text);

} // namespace portlight::image
