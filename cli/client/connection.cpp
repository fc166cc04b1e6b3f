#include "cli/client/connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace portlight::cli {

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kMaxHeadBytes = 64 * 1024;

Error gone()
{
    return makeError(Errc::Unavailable, "the engine closed the connection in the middle of a call");
}

std::string lower(std::string text)
{
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string headOf(const Request& request)
{
    std::string head = request.method + ' ' + request.target
        + " HTTP/1.1\r\nHost: portlight\r\nUser-Agent: portlight-command\r\n";
    for (const auto& [name, value] : request.headers)
        head += name + ": " + value + "\r\n";
    if (request.isUpgrade)
        head += "Connection: Upgrade\r\nUpgrade: tcp\r\n";
    if (request.pieces)
        head += "Transfer-Encoding: chunked\r\nContent-Type: application/x-tar\r\n";
    else if (!request.body.empty())
        head += "Content-Type: " + request.contentType + "\r\n";
    if (!request.pieces && request.method != "GET")
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return head + "\r\n";
}

} // namespace

Result<Connection> Connection::open(const std::string& socketPath)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= sizeof address.sun_path)
        return makeError(
            Errc::InvalidArgument, "the socket's path '" + socketPath + "' is too long");
    std::memcpy(address.sun_path, socketPath.data(), socketPath.size());
    Fd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!link.isOpen())
        return errnoError(errno, "make a socket");
    if (::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int number = errno;
        Error failure = errnoError(number, "connect to '" + socketPath + "'");
        if (number == ECONNREFUSED)
            failure.code = Errc::Unavailable;
        return failure;
    }
    return Connection(std::move(link));
}

std::string Connection::header(const std::string& name) const
{
    const auto found = m_headers.find(name);
    return found == m_headers.end() ? std::string() : found->second;
}

Result<void> Connection::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_link.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return gone();
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return success();
}

void Connection::closeWrite()
{
    ::shutdown(m_link.get(), SHUT_WR);
}

Result<bool> Connection::fill()
{
    std::array<char, kPieceBytes> bytes;
    ssize_t got = 0;
    do
        got = ::recv(m_link.get(), bytes.data(), bytes.size(), 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errnoError(errno, "read from the engine");
    m_buffer.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0;
}

Result<bool> Connection::sendListening(std::string_view bytes)
{
    while (!bytes.empty()) {
        pollfd wait { m_link.get(), POLLIN | POLLOUT, 0 };
        if (::poll(&wait, 1, -1) < 0 && errno != EINTR)
            return errnoError(errno, "wait for the engine");
        if ((wait.revents & POLLOUT) != 0) {
            const ssize_t sent =
                ::send(m_link.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if (sent < 0 && errno != EAGAIN && errno != EINTR)
                return false; // its answer, if any, is still to be read
        }
        if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            PL_TRY(const bool more, fill());
            if (!more)
                return false;
        }
    }
    return true;
}

Result<void> Connection::sendPieces(const Request& request)
{
    for (;;) {
        PL_TRY(const std::string piece, request.pieces());
        std::array<char, 20> size {};
        const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16);
        std::string chunk(size.data(), end.ptr);
        chunk += "\r\n" + piece + "\r\n";
        PL_TRY(const bool isTaken, sendListening(chunk));
        if (!isTaken || piece.empty())
            return success();
    }
}

Result<void> Connection::send(const Request& request)
{
    if (request.pieces) {
        PL_TRY(write(headOf(request)));
        PL_TRY(sendPieces(request));
    } else {
        PL_TRY(write(headOf(request) + request.body));
    }
    do {
        PL_TRY(readHead());
    } while (m_status == 100);
    chooseFraming(request);
    return success();
}

Result<std::string> Connection::headLine()
{
    std::size_t end = 0;
    while ((end = m_buffer.find("\r\n")) == std::string::npos) {
        if (m_buffer.size() > kMaxHeadBytes)
            return makeError(Errc::Internal, "the engine's answer is no HTTP");
        PL_TRY(const bool more, fill());
        if (!more)
            return gone();
    }
    std::string line = m_buffer.substr(0, end);
    m_buffer.erase(0, end + 2);
    return line;
}

Result<void> Connection::readHead()
{
    PL_TRY(const std::string first, headLine());
    const std::size_t space = first.find(' ');
    m_status = 0;
    if (first.starts_with("HTTP/1.") && space != std::string::npos)
        std::from_chars(first.data() + space + 1, first.data() + first.size(), m_status);
    if (m_status < 100)
        return makeError(Errc::Internal, "the engine's answer is no HTTP");
    m_headers.clear();
    for (;;) {
        PL_TRY(const std::string line, headLine());
        if (line.empty())
            return success();
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos)
            continue;
        const std::size_t start = line.find_first_not_of(' ', colon + 1);
        m_headers[lower(line.substr(0, colon))] =
            start == std::string::npos ? std::string() : line.substr(start);
    }
}

void Connection::chooseFraming(const Request& request)
{
    const bool isRaw = m_status == 101
        || (request.isUpgrade && m_status == 200 && header("content-length").empty());
    const bool hasNoBody = m_status == 204 || m_status == 304 || request.method == "HEAD";
    if (isRaw)
        m_framing = Framing::UntilClosed;
    else if (hasNoBody)
        m_framing = Framing::None;
    else if (lower(header("transfer-encoding")) == "chunked")
        m_framing = Framing::Chunked;
    else if (const std::string length = header("content-length"); !length.empty()) {
        m_framing = Framing::Length;
        std::from_chars(length.data(), length.data() + length.size(), m_left);
    } else {
        m_framing = Framing::UntilClosed;
    }
}

Result<std::string> Connection::takeBuffered(std::size_t limit)
{
    if (m_buffer.empty()) {
        PL_TRY(const bool more, fill());
        if (!more)
            return std::string();
    }
    const std::size_t count = std::min(limit, m_buffer.size());
    std::string piece = m_buffer.substr(0, count);
    m_buffer.erase(0, count);
    return piece;
}

Result<std::string> Connection::readChunk()
{
    if (m_left == 0) {
        if (m_isChunkOpen) {
            PL_TRY(headLine()); // the end of the chunk before
        }
        PL_TRY(const std::string size, headLine());
        const auto parsed = std::from_chars(size.data(), size.data() + size.size(), m_left, 16);
        if (parsed.ec != std::errc {})
            return makeError(Errc::Internal, "the engine's answer is no HTTP");
        m_isChunkOpen = true;
        if (m_left == 0) {
            m_framing = Framing::None;
            return std::string();
        }
    }
    PL_TRY(std::string piece, takeBuffered(m_left));
    if (piece.empty())
        return gone();
    m_left -= piece.size();
    return piece;
}

Result<std::string> Connection::read()
{
    switch (m_framing) {
    case Framing::None:
        return std::string();
    case Framing::Chunked:
        return readChunk();
    case Framing::UntilClosed:
        return takeBuffered(kPieceBytes);
    case Framing::Length:
        break;
    }
    if (m_left == 0)
        return std::string();
    PL_TRY(std::string piece, takeBuffered(m_left));
    if (piece.empty())
        return gone();
    m_left -= piece.size();
    return piece;
}

Result<std::string> Connection::readAll()
{
    std::string all;
    for (;;) {
        PL_TRY(const std::string piece, read());
        if (piece.empty())
            return all;
        all += piece;
    }
}

Result<std::string> Connection::readLine(bool& more)
{
    for (;;) {
        if (const std::size_t end = m_line.find('\n'); end != std::string::npos) {
            std::string line = m_line.substr(0, end);
            m_line.erase(0, end + 1);
            if (line.ends_with('\r'))
                line.pop_back();
            more = true;
            return line;
        }
        PL_TRY(const std::string piece, read());
        if (piece.empty()) {
            more = !m_line.empty();
            return std::exchange(m_line, {});
        }
        m_line += piece;
    }
}

std::string encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::strchr("-._~", c) != nullptr) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

} // namespace portlight::cli
