#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace portlight::cli {

/// One call of the Engine API.
struct Request {
    std::string method {};
    std::string target {};
    std::map<std::string, std::string> headers {};
    std::string body {};
    std::string contentType = "application/json";
    /// Gives the next piece of a body of unknown length, empty at its end; sent chunked. Wins over
    /// body where set.
    std::function<Result<std::string>()> pieces {};
    /// Asks for the raw connection (attach, exec): 101 or 200 and then bytes both ways.
    bool isUpgrade = false;
};

/// A connection to the engine that carries one call: its answer's head, then the body as it comes.
/// Blocking, for one thread. Errors: Unavailable where the engine goes away in the middle.
class Connection {
public:
    /// connect(2) to a Unix socket. Errors: NotFound, Forbidden, Unavailable as connect(2) has
    /// them.
    static Result<Connection> open(const std::string& socketPath);

    /// Sends the request, and reads the answer's head. An engine that answers before it took the
    /// whole body is heard at once.
    Result<void> send(const Request& request);

    int status() const { return m_status; }
    /// Empty where the answer lacks it. @p name in lower case.
    std::string header(const std::string& name) const;
    /// The next piece of the body without its framing; empty at its end.
    Result<std::string> read();
    Result<std::string> readAll();
    /// The next line of the body without its end, false in `more` when there is none left.
    Result<std::string> readLine(bool& more);

    /// For poll(2). Bytes may be buffered: hasBuffered() tells.
    int descriptor() const { return m_link.get(); }
    bool hasBuffered() const { return !m_buffer.empty(); }
    /// After an upgrade: bytes to the container, and the end of them.
    Result<void> write(std::string_view bytes);
    void closeWrite();

private:
    explicit Connection(Fd link)
        : m_link(std::move(link))
    {
    }
    enum class Framing { None, Length, Chunked, UntilClosed };

    Result<void> sendPieces(const Request& request);
    Result<void> readHead();
    void chooseFraming(const Request& request);
    Result<bool> fill();
    Result<std::string> takeBuffered(std::size_t limit);
    Result<std::string> readChunk();
    Result<std::string> headLine();
    /// Sends all, but takes what arrives meanwhile: neither side then waits for the other.
    Result<bool> sendListening(std::string_view bytes);

    Fd m_link;
    std::string m_buffer {}; ///< received, not yet given out
    std::string m_line {}; ///< start of a line that has no end yet
    std::map<std::string, std::string> m_headers {};
    std::size_t m_left = 0;
    int m_status = 0;
    Framing m_framing = Framing::None;
    bool m_isChunkOpen = false;
};

/// Percent-encodes everything but letters, digits and -._~ for a path or a query.
std::string encoded(std::string_view text);

} // namespace portlight::cli
