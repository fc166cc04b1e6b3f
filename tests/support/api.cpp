#include "tests/support/api.h"

#include "engine/base/syscalls.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace portlight::test {

namespace {

std::string lowerCase(std::string text)
{
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::optional<std::size_t> parseNumber(std::string_view text, int base)
{
    std::size_t value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc() || end == text.data())
        return std::nullopt;
    return value;
}

std::string requestHead(const std::string& method, const std::string& target)
{
    return method + " " + target + " HTTP/1.1\r\nHost: portlight\r\n";
}

bool sendAll(const Fd& link, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(link.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string uploadHead(const std::string& target)
{
    return requestHead("POST", target)
        + "Connection: close\r\nContent-Type: application/x-tar\r\n"
          "Transfer-Encoding: chunked\r\n\r\n";
}

bool sendChunk(const Fd& link, std::string_view bytes)
{
    char length[24];
    const auto end = std::to_chars(length, length + sizeof length, bytes.size(), 16).ptr;
    return sendAll(link, std::string(length, end) + "\r\n") && sendAll(link, bytes)
        && sendAll(link, "\r\n");
}

} // namespace

Json ApiAnswer::json() const
{
    auto parsed = parseJson(body);
    return parsed ? std::move(parsed).value() : Json();
}

std::string ApiAnswer::message() const
{
    const Json parsed = json();
    const Json& text = jsonMember(parsed, "message");
    return text.is_string() ? text.get<std::string>() : body;
}

ApiStream::ApiStream(Fd link, std::chrono::milliseconds patience)
    : m_link(std::move(link))
    , m_patience(patience)
{
}

bool ApiStream::fill()
{
    pollfd ready { m_link.get(), POLLIN, 0 };
    const int count = ::poll(&ready, 1, static_cast<int>(m_patience.count()));
    if (count == 0)
        m_failure = "the engine sent nothing for " + std::to_string(m_patience.count()) + " ms";
    if (count <= 0)
        return false;
    char buffer[65536];
    const ssize_t size = ::recv(m_link.get(), buffer, sizeof buffer, 0);
    if (size < 0)
        m_failure = "receive: " + errnoText(errno);
    if (size <= 0)
        return false;
    m_buffer.append(buffer, static_cast<std::size_t>(size));
    return true;
}

void ApiStream::readHead()
{
    std::size_t end = 0;
    while ((end = m_buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) {
            m_head.body = m_failure.empty() ? "closed before an answer" : m_failure;
            m_failure = m_head.body;
            return;
        }
    }
    const std::string text = m_buffer.substr(0, end + 2);
    m_buffer.erase(0, end + 4);
    std::size_t at = text.find("\r\n") + 2;
    const auto status =
        parseNumber(std::string_view(text).substr(std::min(text.size(), std::size_t(9))), 10);
    while (at < text.size()) {
        const std::size_t next = text.find("\r\n", at);
        const std::size_t colon = std::min(text.find(':', at), next);
        std::size_t value = std::min(colon + 1, next);
        while (value < next && text[value] == ' ')
            ++value;
        m_head.headers[lowerCase(text.substr(at, colon - at))] = text.substr(value, next - value);
        at = next + 2;
    }
    m_head.status = status ? static_cast<int>(*status) : 0;
    const auto length = m_head.headers.find("content-length");
    const auto coding = m_head.headers.find("transfer-encoding");
    if (m_head.status == 204 || m_head.status == 304) {
        m_framing = Framing::Length;
    } else if (coding != m_head.headers.end() && lowerCase(coding->second) == "chunked") {
        m_framing = Framing::Chunked;
    } else if (m_head.status != 101 && length != m_head.headers.end()) {
        m_framing = Framing::Length;
        m_left = parseNumber(length->second, 10).value_or(0);
    } else {
        m_framing = Framing::UntilClosed;
    }
}

std::optional<std::string> ApiStream::takeChunk()
{
    std::size_t end = 0;
    while ((end = m_buffer.find("\r\n")) == std::string::npos)
        if (!fill()) {
            m_failure = m_failure.empty() ? "closed inside a chunked body" : m_failure;
            return std::nullopt;
        }
    const auto size = parseNumber(std::string_view(m_buffer).substr(0, end), 16);
    if (!size) {
        m_failure = "no chunk size: '" + m_buffer.substr(0, end) + "'";
        return std::nullopt;
    }
    while (m_buffer.size() < end + 2 + *size + 2)
        if (!fill()) {
            m_failure = m_failure.empty() ? "closed inside a chunk" : m_failure;
            return std::nullopt;
        }
    std::string chunk = m_buffer.substr(end + 2, *size);
    m_buffer.erase(0, end + 2 + *size + 2);
    return chunk;
}

std::optional<std::string> ApiStream::read()
{
    if (m_isEnded || m_framing == Framing::None)
        return std::nullopt;
    std::optional<std::string> piece;
    if (m_framing == Framing::Chunked) {
        piece = takeChunk();
        m_isEnded = !piece || piece->empty();
    } else if (m_framing == Framing::Length && m_left == 0) {
        m_isEnded = true;
    } else {
        if (m_buffer.empty() && !fill()) {
            m_isEnded = true;
            if (m_framing == Framing::Length && m_failure.empty())
                m_failure = std::to_string(m_left) + " bytes of the body are missing";
            return std::nullopt;
        }
        piece = std::exchange(m_buffer, {});
        if (m_framing == Framing::Length)
            m_left -= std::min(m_left, piece->size());
    }
    return m_isEnded ? std::nullopt : piece;
}

std::optional<std::string> ApiStream::readLine()
{
    std::size_t end = 0;
    while ((end = m_line.find('\n')) == std::string::npos) {
        auto piece = read();
        if (!piece) {
            if (m_line.empty())
                return std::nullopt;
            return std::exchange(m_line, {});
        }
        m_line += *piece;
    }
    std::string line = m_line.substr(0, end);
    m_line.erase(0, end + 1);
    return line;
}

std::string ApiStream::readAll()
{
    std::string all = std::exchange(m_line, {});
    while (auto piece = read())
        all += *piece;
    return all;
}

bool ApiStream::write(const std::string& bytes)
{
    return sendAll(m_link, bytes);
}

void ApiStream::closeWrite()
{
    ::shutdown(m_link.get(), SHUT_WR);
}

Api::Api(std::string socket, std::optional<LocalUser> user)
    : m_socket(std::move(socket))
    , m_user(std::move(user))
{
}

Fd Api::connect(std::string& failure) const
{
    Fd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    m_socket.copy(address.sun_path, sizeof address.sun_path - 1);
    std::optional<ActingAs> acting;
    if (m_user)
        acting.emplace(*m_user);
    if (::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        failure = "connect to '" + m_socket + "': " + errnoText(errno);
        return Fd();
    }
    return link;
}

ApiStream Api::open(const std::string& method, const std::string& target, const std::string& body,
    bool isUpgrade) const
{
    std::string failure;
    ApiStream stream(connect(failure), m_patience);
    if (!failure.empty()) {
        stream.m_head.body = failure;
        stream.m_failure = failure;
        return stream;
    }
    std::string request = requestHead(method, target) + m_headers;
    request += isUpgrade ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : "Connection: close\r\n";
    if (!body.empty())
        request += "Content-Type: application/json\r\n";
    if (!body.empty() || method != "GET")
        request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    // An answer may come, and say why, although the request was not taken to its end.
    sendAll(stream.m_link, request + "\r\n" + body);
    stream.readHead();
    return stream;
}

ApiAnswer Api::call(
    const std::string& method, const std::string& target, const std::string& body) const
{
    ApiStream stream = open(method, target, body);
    ApiAnswer answer = stream.head();
    if (answer.status == 0)
        return answer;
    answer.body = stream.readAll();
    if (!stream.failure().empty())
        return ApiAnswer { 0, {}, stream.failure() };
    return answer;
}

ApiAnswer Api::post(const std::string& target, const Json& body) const
{
    return call("POST", target, dumpJson(body));
}

bool Api::uploadPart(const std::string& target, const std::string& bytes, ApiStream& stream) const
{
    stream = ApiStream(connect(stream.m_failure), m_patience);
    return stream.m_link.isOpen() && sendAll(stream.m_link, uploadHead(target))
        && sendChunk(stream.m_link, bytes);
}

ApiAnswer Api::upload(const std::string& target, const std::string& path) const
{
    const auto file = openFile(path, O_RDONLY);
    if (!file)
        return ApiAnswer { 0, {}, file.error().message };
    std::string failure;
    ApiStream stream(connect(failure), m_patience);
    if (!failure.empty())
        return ApiAnswer { 0, {}, failure };
    bool isTaken = sendAll(stream.m_link, uploadHead(target));
    std::string block(1U << 20U, '\0');
    ssize_t size = 0;
    while (isTaken && (size = ::read(file.value().get(), block.data(), block.size())) > 0)
        isTaken = sendChunk(stream.m_link, { block.data(), static_cast<std::size_t>(size) });
    if (isTaken)
        sendAll(stream.m_link, "0\r\n\r\n");
    // A refusal comes before the end of what is sent, and is read all the same.
    stream.readHead();
    ApiAnswer answer = stream.head();
    if (answer.status != 0)
        answer.body = stream.readAll();
    return stream.failure().empty() ? answer : ApiAnswer { 0, {}, stream.failure() };
}

ApiAnswer Api::download(const std::string& target, const std::string& path) const
{
    ApiStream stream = open("GET", target);
    ApiAnswer answer = stream.head();
    if (answer.status != 200) {
        answer.body += stream.readAll();
        return answer;
    }
    const auto file = openFile(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file)
        return ApiAnswer { 0, {}, file.error().message };
    while (auto piece = stream.read())
        if (const auto written = writeAll(file.value(), *piece); !written)
            return ApiAnswer { 0, {}, written.error().message };
    return stream.failure().empty() ? answer : ApiAnswer { 0, {}, stream.failure() };
}

std::string Api::raw(const std::string& bytes) const
{
    std::string failure;
    ApiStream stream(connect(failure), m_patience);
    if (!failure.empty())
        return failure;
    sendAll(stream.m_link, bytes);
    stream.closeWrite();
    stream.m_framing = ApiStream::Framing::UntilClosed;
    return stream.readAll();
}

std::optional<Output> demultiplex(const std::string& frames)
{
    Output output;
    std::size_t at = 0;
    while (at < frames.size()) {
        if (frames.size() - at < 8)
            return std::nullopt;
        const auto byte = [&](std::size_t offset) {
            return static_cast<unsigned char>(frames[at + offset]);
        };
        const std::size_t size = (std::size_t(byte(4)) << 24U) | (std::size_t(byte(5)) << 16U)
            | (std::size_t(byte(6)) << 8U) | byte(7);
        if (byte(0) > 2 || byte(1) != 0 || byte(2) != 0 || byte(3) != 0
            || frames.size() - at - 8 < size)
            return std::nullopt;
        (byte(0) == 2 ? output.err : output.out).append(frames, at + 8, size);
        at += 8 + size;
    }
    return output;
}

std::string encoded(const std::string& text)
{
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string result;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0
            || std::string_view("-._~").find(character) != std::string_view::npos)
            result += character;
        else
            result += { '%', kDigits[byte >> 4U], kDigits[byte & 15U] };
    }
    return result;
}

} // namespace portlight::test
