#pragma once

#include "engine/api/http.h"

#include <cstdint>
#include <optional>
#include <string>

/// The head of an answer as bytes (RFC 9112, section 4), apart from sockets.
namespace portlight::api {

/// How the body's end is told.
enum class Framing {
    Length, ///< Content-Length
    Chunked,
    Close, ///< by closing: HTTP/1.0 clients and hijacked connections
};

struct HeadOptions {
    Framing framing = Framing::Length;
    bool keepAlive = true;
    std::uint64_t contentLength = 0;
};

/// Status line, Api-Version, Server, Ostype and Date, the response's own headers and framing. Line
/// breaks in header values become spaces.
std::string encodeHead(const Response& response, const HeadOptions& options);

/// The head that turns the connection over to attach or exec: "101 UPGRADED" when the client asked
/// for an upgrade, "200 OK" as docker does when not.
std::string encodeHijackHead(const Response& response, bool isUpgrade);

/// "<size in hex>\r\n"
std::string chunkHead(std::size_t size);

/// Whether this status has no body by definition (RFC 9110, section 6.4.1).
bool isBodyless(int status);

} // namespace portlight::api
