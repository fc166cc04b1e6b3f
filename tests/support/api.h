#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "tests/support/local_user.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace portlight::test {

/// What the engine answered. A call that got no answer has status 0 and the reason as its body.
struct ApiAnswer {
    int status = 0;
    std::map<std::string, std::string> headers {}; ///< names in lower case
    std::string body {};

    /// The body parsed; null where it is no JSON.
    Json json() const;
    /// Docker's error text, or the body where it is none.
    std::string message() const;
};

/// An answer whose body arrives piece by piece (logs, events, stats, attach). Every read waits for
/// at most the client's patience.
class ApiStream {
public:
    int status() const { return m_head.status; }
    const ApiAnswer& head() const { return m_head; }

    /// The next piece of the body without its chunk framing; nothing at its end or on failure().
    std::optional<std::string> read();
    /// The next line without its end; what stands before the body's end counts as one.
    std::optional<std::string> readLine();
    /// Everything up to the end.
    std::string readAll();
    /// Why read() gave nothing, empty at a proper end.
    const std::string& failure() const { return m_failure; }

    /// After an upgrade (101): bytes for the other side. False when it is gone.
    bool write(const std::string& bytes);
    /// After an upgrade: no more input, output may still come.
    void closeWrite();

private:
    friend class Api;
    ApiStream(Fd link, std::chrono::milliseconds patience);
    void readHead();
    bool fill();
    std::optional<std::string> takeChunk();

    enum class Framing { None, Length, Chunked, UntilClosed };
    Fd m_link;
    std::chrono::milliseconds m_patience;
    ApiAnswer m_head {};
    std::string m_buffer {}; ///< received, not yet given out
    std::string m_line {}; ///< body of a line that has no end yet
    std::string m_failure {};
    Framing m_framing = Framing::None;
    std::size_t m_left = 0; ///< Length: bytes of the body that are to come
    bool m_isEnded = false;
};

/// A synchronous client of the Engine API over a Unix socket; a connection per call.
class Api {
public:
    /// Calls are made with the rights of @p user where the test has root's.
    explicit Api(std::string socket, std::optional<LocalUser> user = {});

    /// How long a call may stay without any byte; 30 s until then.
    void setPatience(std::chrono::milliseconds patience) { m_patience = patience; }

    /// A further header of every call but raw().
    void addHeader(const std::string& name, const std::string& value)
    {
        m_headers += name + ": " + value + "\r\n";
    }

    ApiAnswer get(const std::string& target) const { return call("GET", target); }
    ApiAnswer post(const std::string& target) const { return call("POST", target); }
    ApiAnswer post(const std::string& target, const Json& body) const;
    ApiAnswer remove(const std::string& target) const { return call("DELETE", target); }
    /// Any method; @p body is sent as it is, as application/json.
    ApiAnswer call(
        const std::string& method, const std::string& target, const std::string& body = {}) const;
    /// POST of a file's bytes as application/x-tar, chunked.
    ApiAnswer upload(const std::string& target, const std::string& path) const;
    /// The start of such an upload: @p bytes and no end, the answer not read. True once the engine
    /// (or the socket's buffer) took them; the connection lasts as long as @p stream.
    bool uploadPart(const std::string& target, const std::string& bytes, ApiStream& stream) const;
    /// A stream without a connection, for uploadPart.
    ApiStream unconnected() const { return ApiStream(Fd(), m_patience); }
    /// The body of a GET into a new file; the answer's body is then empty where it succeeded.
    ApiAnswer download(const std::string& target, const std::string& path) const;
    ApiStream open(const std::string& method, const std::string& target,
        const std::string& body = {}, bool isUpgrade = false) const;
    /// Bytes as they are on a connection of their own, for requests that are no HTTP; what came
    /// back.
    std::string raw(const std::string& bytes) const;

private:
    Fd connect(std::string& failure) const;

    std::string m_socket;
    std::optional<LocalUser> m_user;
    std::chrono::milliseconds m_patience { 30'000 };
    std::string m_headers {};
};

/// Text of a multiplexed stream by where it was written (Engine API, ContainerAttach, Stream
/// format).
struct Output {
    std::string out {};
    std::string err {};
};
/// Nothing where @p frames are malformed or end within a frame.
std::optional<Output> demultiplex(const std::string& frames);

/// Percent-encodes everything but letters, digits and -._~ for a path or a query.
std::string encoded(const std::string& text);

} // namespace portlight::test
