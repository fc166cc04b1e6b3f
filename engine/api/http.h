#pragma once

#include "engine/base/async.h"
#include "engine/base/json.h"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What route handlers see of HTTP: plain values. Beast stays in session.cpp.
namespace portlight::api {

/// The request's body, read as it comes.
class BodyReader {
public:
    virtual ~BodyReader() = default;
    /// The next piece; empty at the end. Errors: Cancelled when the client went away,
    /// InvalidArgument for a body that breaks HTTP.
    virtual Task<std::string> read() = 0;
    /// All of it. Errors: as read(), and InvalidArgument over @p limitBytes.
    Task<std::string> readAll(std::size_t limitBytes = 8U << 20U);
};

/// Negotiated by the path's prefix ("/v1.43/…"); none means the newest. api_version.h.
struct ApiVersion {
    int major = 1;
    int minor = 50;
    friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};

/// Who is at the other end of the socket (SO_PEERCRED).
struct Peer {
    uid_t uid = 0;
    gid_t gid = 0;
    pid_t pid = 0;
};

struct Request {
    std::string method; ///< upper case
    std::string path; ///< decoded, without version prefix and query
    ApiVersion version;
    Peer peer;
    std::map<std::string, std::string> pathParams; ///< decoded
    std::multimap<std::string, std::string> queryParams; ///< decoded
    std::map<std::string, std::string> headers; ///< names in lower case
    std::shared_ptr<BodyReader> body;

    Result<std::string> pathParam(const std::string& name) const;
    /// First value, "" where absent.
    std::string query(const std::string& name) const;
    std::vector<std::string> queryAll(const std::string& name) const;
    /// Docker's booleans: absent, "", "0", "no", "false", "none" are false, all else true.
    bool queryFlag(const std::string& name, bool fallback = false) const;
    /// Errors: InvalidArgument naming the parameter and the value.
    Result<std::optional<std::int64_t>> queryInt(const std::string& name) const;
    /// `filters={"name":{"a":true}}` or `{"name":["a"]}` as map of values.
    /// Errors: InvalidArgument as docker words it.
    Result<std::map<std::string, std::vector<std::string>>> filters() const;
    /// The body as JSON. Errors: InvalidArgument for text that is not JSON or no object; an empty
    /// body is an empty object.
    Task<Json> json();
};

/// A body written piece by piece (chunked). The session cancels the handler's task when the client
/// goes away; write() waits until the socket took the bytes.
class ResponseStream {
public:
    virtual ~ResponseStream() = default;
    virtual Task<void> write(std::string bytes) = 0;
};

/// The raw connection after `101 UPGRADED` (attach, exec): docker's hijacking.
class HijackedStream {
public:
    virtual ~HijackedStream() = default;
    /// What the client sent; empty once it has closed its sending side.
    virtual Task<std::string> read() = 0;
    virtual Task<void> write(std::string bytes) = 0;
};

using StreamBody = std::function<asio::awaitable<void>(std::shared_ptr<ResponseStream>)>;
using HijackBody = std::function<asio::awaitable<void>(std::shared_ptr<HijackedStream>)>;

/// An answer: a whole body, or a stream (then chunked), or a hijacked connection.
struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string contentType; ///< empty: none is sent where the body is empty
    std::string body;
    StreamBody stream;
    HijackBody hijack;

    static Response empty(int status);
    static Response json(const Json& value, int status = 200);
    static Response text(std::string text, int status = 200);
    static Response streamed(std::string contentType, StreamBody body);
    /// @p contentType is what docker answers on the upgraded connection, by version and tty.
    static Response hijacked(std::string contentType, HijackBody body);
};

using Handler = std::function<Task<Response>(Request)>;

} // namespace portlight::api
