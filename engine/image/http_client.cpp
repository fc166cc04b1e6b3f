#include "engine/image/http_client.h"

#include "engine/base/version.h"
#include "engine/image/http_proxy.h"

#include <curl/curl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxTextBytes = 8U << 20U;
constexpr int kMaxRedirects = 10;
constexpr long kConnectSeconds = 20;
constexpr long kStallSeconds = 60; ///< without a byte, a transfer is given up
constexpr std::size_t kIdleHandles = 8;
const std::string kUserAgent = std::string("portlight/") + kVersion;

struct UrlDeleter {
    void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, UrlDeleter>;

std::string urlPart(CURLU* url, CURLUPart part, unsigned flags = 0)
{
    char* text = nullptr;
    if (::curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return {};
    std::string copy(text);
    ::curl_free(text);
    return copy;
}

UrlPtr parseUrl(const std::string& text)
{
    UrlPtr url(::curl_url());
    if (!url || ::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        return nullptr;
    const std::string scheme = urlPart(url.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        return nullptr;
    return url;
}

std::string lower(std::string text)
{
    for (char& c : text)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

std::string trimmed(std::string_view text)
{
    while (!text.empty() && std::strchr(" \t\r\n", text.front()) != nullptr)
        text.remove_prefix(1);
    while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr)
        text.remove_suffix(1);
    return std::string(text);
}

/// What libcurl's callbacks share.
struct Transfer {
    CURL* curl = nullptr;
    const HttpRequest* request = nullptr;
    const std::atomic<bool>* isCancelled = nullptr;
    const Dial* dial = nullptr;
    std::string dialHost;
    std::uint16_t dialPort = 0;
    HttpResponse response;
    std::unique_ptr<Error> error; ///< of a callback
    std::int64_t sentBytes = 0;
    bool hasToldLength = false;

    int status() const
    {
        long code = 0;
        ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        return static_cast<int>(code);
    }
};

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {
        transfer.response.headers.clear(); // of an interim answer
        return size * count;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return size * count;
    std::string& value = transfer.response.headers[lower(trimmed(line.substr(0, colon)))];
    value += (value.empty() ? "" : ", ") + trimmed(line.substr(colon + 1));
    return size * count;
}

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view piece(data, size * count);
    const int status = transfer.status();
    if (transfer.request->onBody && status >= 200 && status < 300) {
        if (transfer.request->onLength && !transfer.hasToldLength) {
            transfer.hasToldLength = true;
            curl_off_t length = -1;
            ::curl_easy_getinfo(transfer.curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
            if (length > 0)
                transfer.request->onLength(length);
        }
        auto taken = transfer.request->onBody(status, piece);
        if (taken)
            return piece.size();
        transfer.error = std::make_unique<Error>(std::move(taken).error());
        return 0;
    }
    if (transfer.response.text.size() + piece.size() > kMaxTextBytes) {
        transfer.error = std::make_unique<Error>(makeError(Errc::InvalidArgument,
            "the answer of " + originOf(transfer.request->url) + " is larger than 8 MB"));
        return 0;
    }
    transfer.response.text.append(piece);
    return piece.size();
}

std::size_t onRead(char* buffer, std::size_t size, std::size_t count, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    ssize_t got = -1;
    do
        got = ::pread(transfer.request->bodyFile->get(), buffer, size * count, transfer.sentBytes);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        transfer.error = std::make_unique<Error>(errnoError(errno, "read what is to be sent"));
        return CURL_READFUNC_ABORT;
    }
    transfer.sentBytes += got;
    if (transfer.request->onSent)
        transfer.request->onSent(transfer.sentBytes);
    return static_cast<std::size_t>(got);
}

int onSeek(void* self, curl_off_t offset, int origin)
{
    if (origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Transfer*>(self)->sentBytes = offset;
    return CURL_SEEKFUNC_OK;
}

int onProgress(void* self, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*upTotal*/,
    curl_off_t /*upNow*/)
{
    const auto& transfer = *static_cast<Transfer*>(self);
    for (const auto* flag : { transfer.isCancelled, transfer.request->isUnwanted })
        if (flag != nullptr && flag->load())
            return 1;
    return 0;
}

curl_socket_t onOpenSocket(void* self, curlsocktype /*purpose*/, curl_sockaddr* /*address*/)
{
    auto& transfer = *static_cast<Transfer*>(self);
    auto dialled = (*transfer.dial)(transfer.dialHost, transfer.dialPort);
    if (dialled)
        return dialled.value().release();
    transfer.error = std::make_unique<Error>(std::move(dialled).error());
    return CURL_SOCKET_BAD;
}

int onSocketOptions(void* /*self*/, curl_socket_t /*socket*/, curlsocktype /*purpose*/)
{
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

TransportFailure failureOf(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return TransportFailure::Unreachable;
    case CURLE_SSL_CONNECT_ERROR:
        return TransportFailure::Tls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return TransportFailure::Certificate;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return TransportFailure::Interrupted;
    default:
        return TransportFailure::Other;
    }
}

struct ListDeleter {
    void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListDeleter>;

ListPtr listOf(const std::vector<std::string>& lines)
{
    curl_slist* list = nullptr;
    for (const std::string& line : lines)
        list = ::curl_slist_append(list, line.c_str());
    return ListPtr(list);
}

void setMethod(CURL* curl, const HttpRequest& request, Transfer& transfer)
{
    if (request.method == "HEAD") {
        ::curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (request.bodyFile != nullptr) {
        ::curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        ::curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, curl_off_t { request.bodyFileBytes });
        ::curl_easy_setopt(curl, CURLOPT_READFUNCTION, &onRead);
        ::curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
        ::curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &onSeek);
        ::curl_easy_setopt(curl, CURLOPT_SEEKDATA, &transfer);
        ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        ::curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    } else if (request.method != "GET") {
        ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
        ::curl_easy_setopt(
            curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

void setTrust(CURL* curl, const HttpRequest& request)
{
    // The engine's own thread pool must see no signal of libcurl's.
    ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (request.isUnverified) {
        ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!request.caFile.empty())
        ::curl_easy_setopt(curl, CURLOPT_CAINFO, request.caFile.c_str());
    else if (const char* file = ::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0')
        ::curl_easy_setopt(curl, CURLOPT_CAINFO, file);
}

std::string portOf(CURLU* url)
{
    return urlPart(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

} // namespace

std::string HttpResponse::header(const std::string& name) const
{
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

/// A handle borrowed from the client.
class HttpClient::Handle {
public:
    explicit Handle(HttpClient& client)
        : m_client(client)
    {
        const std::lock_guard lock(client.m_mutex);
        if (client.m_idle.empty()) {
            m_curl = ::curl_easy_init();
            return;
        }
        m_curl = client.m_idle.back();
        client.m_idle.pop_back();
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle()
    {
        if (m_curl == nullptr)
            return;
        ::curl_easy_reset(m_curl);
        const std::lock_guard lock(m_client.m_mutex);
        if (m_client.m_idle.size() < kIdleHandles)
            m_client.m_idle.push_back(m_curl);
        else
            ::curl_easy_cleanup(m_curl);
    }
    CURL* get() const { return m_curl; }

private:
    HttpClient& m_client;
    CURL* m_curl = nullptr;
};

HttpClient::HttpClient(Dial dial)
    : m_dial(std::move(dial))
{
    static std::once_flag isSetUp;
    std::call_once(isSetUp, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
}

HttpClient::~HttpClient()
{
    for (void* handle : m_idle)
        ::curl_easy_cleanup(handle);
}

Result<HttpResponse> HttpClient::once(
    const HttpRequest& request, const std::atomic<bool>* isCancelled, TransportFailure& failure)
{
    failure = TransportFailure::Other;
    const UrlPtr url = parseUrl(request.url);
    if (!url)
        return makeError(
            Errc::InvalidArgument, "'" + request.url + "' is no http or https address");
    const Handle handle(*this);
    CURL* curl = handle.get();
    if (curl == nullptr)
        return makeError(Errc::Internal, "libcurl gives no handle");
    Transfer transfer;
    transfer.curl = curl;
    transfer.request = &request;
    transfer.isCancelled = isCancelled;
    transfer.dial = &m_dial;

    std::vector<std::string> lines = request.headers;
    lines.emplace_back(
        "Expect:"); // a registry answers at once; waiting a second for 100 helps nobody
    const ListPtr headers = listOf(lines);
    char reason[CURL_ERROR_SIZE] = {};
    ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    ::curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    ::curl_easy_setopt(curl, CURLOPT_USERAGENT, kUserAgent.c_str());
    ::curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, long { CURL_HTTP_VERSION_1_1 });
    ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    ::curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
    ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &onHeader);
    ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &onBody);
    ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &onProgress);
    ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    setMethod(curl, request, transfer);
    setTrust(curl, request);

    const std::string scheme = urlPart(url.get(), CURLUPART_SCHEME);
    transfer.dialHost = urlPart(url.get(), CURLUPART_HOST);
    transfer.dialPort = static_cast<std::uint16_t>(std::stoi(portOf(url.get())));
    std::string proxy = proxyFor(scheme, transfer.dialHost, transfer.dialPort);
    ListPtr connectTo;
    if (m_dial) {
        if (const UrlPtr parsed = proxy.empty() ? nullptr : parseUrl(proxy)) {
            transfer.dialHost = urlPart(parsed.get(), CURLUPART_HOST);
            transfer.dialPort = static_cast<std::uint16_t>(std::stoi(portOf(parsed.get())));
            ::curl_url_set(parsed.get(), CURLUPART_HOST, "127.0.0.1", 0);
            proxy = urlPart(parsed.get(), CURLUPART_URL);
        }
        // The address does not matter, the socket comes connected; but there must be one.
        connectTo = listOf({ "::127.0.0.1:" });
        ::curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connectTo.get());
        ::curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &onOpenSocket);
        ::curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
        ::curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, &onSocketOptions);
    }
    ::curl_easy_setopt(curl, CURLOPT_PROXY, proxy.c_str());

    const CURLcode code = ::curl_easy_perform(curl);
    transfer.response.status = transfer.status();
    transfer.response.url = request.url;
    if (code == CURLE_OK) {
        failure = TransportFailure::None;
        return std::move(transfer.response);
    }
    const std::string at = originOf(request.url);
    if (code == CURLE_ABORTED_BY_CALLBACK && !transfer.error)
        return makeError(Errc::Cancelled, "cancelled");
    if (transfer.error) {
        if (code == CURLE_COULDNT_CONNECT) {
            failure = TransportFailure::Unreachable;
            return withContext(*transfer.error, "cannot reach " + at);
        }
        return *transfer.error;
    }
    failure = failureOf(code);
    const std::string why = reason[0] != '\0' ? reason : ::curl_easy_strerror(code);
    return makeError(
        Errc::Unavailable, "cannot reach " + at + ": " + lower(why.substr(0, 1)) + why.substr(1));
}

Result<HttpResponse> HttpClient::perform(
    HttpRequest request, const std::atomic<bool>* isCancelled, TransportFailure* failure)
{
    TransportFailure ignored = TransportFailure::None;
    TransportFailure& why = failure != nullptr ? *failure : ignored;
    for (int redirects = 0;; ++redirects) {
        PL_TRY(auto response, once(request, isCancelled, why));
        const bool isRedirect = response.status == 301 || response.status == 302
            || response.status == 303 || response.status == 307 || response.status == 308;
        const std::string location = response.header("location");
        if (!isRedirect || location.empty() || request.bodyFile != nullptr
            || (request.method != "GET" && request.method != "HEAD"))
            return response;
        why = TransportFailure::Other;
        const std::string next = resolveUrl(request.url, location);
        if (next.empty() || (request.url.starts_with("https:") && !next.starts_with("https:")))
            return makeError(Errc::Unavailable,
                originOf(request.url) + " redirects to '" + location
                    + "', which is no https address");
        if (redirects >= kMaxRedirects)
            return makeError(
                Errc::Unavailable, originOf(request.url) + " redirects without an end");
        if (originOf(next) != originOf(request.url))
            std::erase_if(request.headers, [](const std::string& line) {
                return lower(line.substr(0, 14)) == "authorization:";
            });
        request.url = next;
    }
}

std::string originOf(const std::string& url)
{
    const UrlPtr parsed = parseUrl(url);
    if (!parsed)
        return {};
    const std::string scheme = urlPart(parsed.get(), CURLUPART_SCHEME);
    const std::string port = portOf(parsed.get());
    const bool isDefault = port == (scheme == "https" ? "443" : "80");
    return scheme + "://" + urlPart(parsed.get(), CURLUPART_HOST) + (isDefault ? "" : ":" + port);
}

std::string resolveUrl(const std::string& base, const std::string& reference)
{
    const UrlPtr parsed = parseUrl(base);
    if (!parsed || ::curl_url_set(parsed.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK)
        return {};
    const std::string url = urlPart(parsed.get(), CURLUPART_URL);
    return parseUrl(url) ? url : std::string();
}

std::string urlEncode(std::string_view text)
{
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || (c != '\0' && std::strchr("-._~", c) != nullptr)) {
            encoded += c;
            continue;
        }
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 15U];
    }
    return encoded;
}

} // namespace portlight::image
