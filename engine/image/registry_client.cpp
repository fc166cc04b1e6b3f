#include "engine/image/registry_client.h"

#include "engine/base/json.h"
#include "engine/image/http_proxy.h"
#include "engine/image/pause.h"
#include "engine/oci/media_types.h"

#include <algorithm>
#include <charconv>

namespace portlight::image {

namespace {

constexpr int kAttempts = 4;
constexpr auto kFirstPause = std::chrono::milliseconds(500);
constexpr auto kLongestPause =
    std::chrono::seconds(30); ///< a registry may ask for more: then give up
constexpr std::size_t kMaxPages = 1'000;

std::string accepted()
{
    std::string line = "Accept: ";
    for (const auto type :
        { oci::kOciManifest, oci::kOciIndex, oci::kDockerManifest, oci::kDockerIndex })
        line += (line.ends_with(' ') ? "" : ", ") + std::string(type);
    return line;
}

bool isPassing(int status)
{
    return status == 429 || status == 408 || (status >= 500 && status != 501);
}

std::optional<std::chrono::seconds> retryAfter(const HttpResponse& response)
{
    const std::string text = response.header("retry-after");
    long seconds = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (code != std::errc() || seconds < 0)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

// "bytes 100-199/200" to 100.
std::optional<std::int64_t> rangeStart(const std::string& text)
{
    std::int64_t start = 0;
    const auto space = text.find(' ');
    if (space == std::string::npos)
        return std::nullopt;
    const char* end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data() + space + 1, end, start);
    if (code != std::errc() || at == end || *at != '-')
        return std::nullopt;
    return start;
}

// Link: </v2/_catalog?last=x&n=100>; rel="next"
std::string nextPage(const HttpResponse& response)
{
    const std::string link = response.header("link");
    const auto open = link.find('<');
    const auto close = link.find('>', open);
    if (open == std::string::npos || close == std::string::npos
        || link.find("rel=\"next\"", close) == std::string::npos)
        return {};
    return resolveUrl(response.url, link.substr(open + 1, close - open - 1));
}

} // namespace

std::string registryHost(const std::string& domain)
{
    return domain == "docker.io" ? "registry-1.docker.io" : domain;
}

RegistryClient::RegistryClient(HttpClient& http, const RegistrySettings& settings,
    oci::Reference repository, RegistryCredentials credentials, RegistryAccess access,
    const std::atomic<bool>* isCancelled)
    : m_http(http)
    , m_settings(settings)
    , m_repository(std::move(repository))
    , m_credentials(std::move(credentials))
    , m_access(access)
    , m_isCancelled(isCancelled)
    , m_scope("repository:" + m_repository.path()
          + (access == RegistryAccess::Push ? ":pull,push" : ":pull"))
{
}

Result<void> RegistryClient::pause(std::chrono::milliseconds time) const
{
    return pauseFor(time, m_isCancelled);
}

// https, and what an insecure registry may do instead: another's certificate, or plain http.
Result<RegistryClient::Endpoint> RegistryClient::probe(
    const std::string& host, const std::string& caFile)
{
    const bool isInsecure = m_settings.isInsecure(m_repository.domain());
    Endpoint endpoint { "https://" + host, caFile, false, false,
        std::make_shared<RegistryAuth>(m_http, m_credentials) };
    const auto ask = [&](TransportFailure& failure) {
        HttpRequest request;
        request.url = endpoint.base + "/v2/";
        request.caFile = endpoint.caFile;
        request.isUnverified = endpoint.isUnverified;
        return m_http.perform(std::move(request), m_isCancelled, &failure);
    };
    TransportFailure failure = TransportFailure::None;
    auto answer = ask(failure);
    if (!answer && failure == TransportFailure::Certificate && isInsecure) {
        endpoint.isUnverified = true;
        answer = ask(failure);
    }
    if (!answer && isInsecure && failure != TransportFailure::Other) {
        Endpoint plain = endpoint;
        plain.base = "http://" + host;
        std::swap(plain, endpoint);
        if (ask(failure))
            return endpoint;
        std::swap(plain, endpoint);
    }
    if (answer)
        return endpoint;
    if (failure == TransportFailure::Certificate)
        return withContext(answer.error(),
            "registry " + m_repository.domain() + " has a certificate that is not trusted here "
                + "(put its authority into certs.d/" + m_repository.domain()
                + "/ca.crt beside registries.json)");
    if (failure == TransportFailure::Tls && !isInsecure)
        return withContext(answer.error(),
            "registry " + m_repository.domain() + " speaks no TLS (to use it all the same, name it "
                + "under insecure-registries in registries.json)");
    return answer.error();
}

Result<std::vector<RegistryClient::Endpoint>> RegistryClient::endpoints()
{
    const std::lock_guard lock(m_mutex);
    if (!m_endpoints.empty())
        return m_endpoints;
    std::vector<Endpoint> found;
    const std::string& domain = m_repository.domain();
    if (const auto mirrors = m_settings.mirrors.find(domain);
        mirrors != m_settings.mirrors.end() && m_access == RegistryAccess::Pull)
        for (const std::string& base : mirrors->second) {
            const std::string host = base.substr(base.find("://") + 3);
            // The credentials are the domain's, not the mirror's.
            found.push_back({ base, m_settings.caFile(host), m_settings.isInsecure(host), true,
                std::make_shared<RegistryAuth>(m_http, RegistryCredentials()) });
        }
    auto own = probe(registryHost(domain), m_settings.caFile(domain));
    if (own)
        found.push_back(std::move(own).value());
    else if (found.empty())
        return own.error();
    m_endpoints = found;
    return found;
}

Result<RegistryClient::Endpoint> RegistryClient::own()
{
    PL_TRY(auto all, endpoints());
    if (all.back().isMirror)
        return makeError(
            Errc::Unavailable, "registry " + m_repository.domain() + " does not answer");
    return std::move(all.back());
}

std::string RegistryClient::repositoryUrl(const Endpoint& endpoint) const
{
    return endpoint.base + "/v2/" + m_repository.path();
}

Result<HttpResponse> RegistryClient::sendOnce(
    const Endpoint& endpoint, HttpRequest request, TransportFailure& failure)
{
    request.caFile = endpoint.caFile;
    request.isUnverified = endpoint.isUnverified;
    for (int turn = 0;; ++turn) {
        HttpRequest authorized = request;
        const std::string header = originOf(request.url) == originOf(endpoint.base)
            ? endpoint.auth->headerFor(m_scope)
            : std::string();
        if (!header.empty())
            authorized.headers.push_back(header);
        PL_TRY(auto response, m_http.perform(std::move(authorized), m_isCancelled, &failure));
        if (response.status != 401 || turn > 0)
            return response;
        PL_TRY(endpoint.auth->answer(response, m_scope, header, request, m_isCancelled));
    }
}

Result<HttpResponse> RegistryClient::send(
    const Endpoint& endpoint, HttpRequest request, int attempts)
{
    std::chrono::milliseconds wait = kFirstPause;
    for (int attempt = 1;; ++attempt) {
        TransportFailure failure = TransportFailure::None;
        auto response = sendOnce(endpoint, request, failure);
        const bool isWorthAnother = response ? isPassing(response.value().status)
                                             : failure == TransportFailure::Interrupted;
        if (!isWorthAnother || attempt >= attempts)
            return response;
        if (response)
            if (const auto asked = retryAfter(response.value())) {
                if (*asked > kLongestPause)
                    return response;
                wait = std::max<std::chrono::milliseconds>(wait, *asked);
            }
        PL_TRY(pause(wait));
        wait *= 2;
    }
}

Error RegistryClient::refusalOf(const HttpResponse& response, const std::string& what) const
{
    const std::string said = registryErrorText(response);
    const std::string& domain = m_repository.domain();
    switch (response.status) {
    case 401:
        return makeError(Errc::Unauthorized, said);
    case 403:
        return makeError(Errc::Forbidden, said);
    case 404:
        return makeError(Errc::NotFound, what + " not found: " + said);
    case 429: {
        const auto wait = retryAfter(response);
        return makeError(Errc::Unavailable,
            "registry " + domain + " takes no more requests for now: " + said + "; try again "
                + (wait ? "in " + std::to_string(wait->count()) + " seconds" : "later")
                + (m_credentials.areEmpty() ? ", or log in" : ""));
    }
    default:
        return makeError(response.status >= 500 ? Errc::Unavailable : Errc::InvalidArgument,
            "registry " + domain + " refuses " + what + ": " + said);
    }
}

Result<FetchedManifest> RegistryClient::manifest(const std::string& tagOrDigest)
{
    PL_TRY(const auto all, endpoints());
    auto last = Result<FetchedManifest>(makeError(Errc::Unavailable, "no registry to ask"));
    for (const Endpoint& endpoint : all) {
        HttpRequest request;
        request.url = repositoryUrl(endpoint) + "/manifests/" + tagOrDigest;
        request.headers = { accepted() };
        auto response = send(endpoint, std::move(request), endpoint.isMirror ? 1 : kAttempts);
        if (!response) {
            last = std::move(response).error();
        } else if (response.value().status != 200) {
            last = refusalOf(response.value(),
                "manifest for " + m_repository.familiarRepository()
                    + (tagOrDigest.find(':') == std::string::npos ? ":" : "@") + tagOrDigest);
        } else {
            HttpResponse& answer = response.value();
            FetchedManifest fetched { std::move(answer.text), answer.header("content-type"),
                Digest::of({}) };
            fetched.digest = Digest::of(fetched.bytes);
            if (const auto semicolon = fetched.mediaType.find(';'); semicolon != std::string::npos)
                fetched.mediaType.resize(semicolon);
            const auto wanted = Digest::parse(tagOrDigest);
            if (!wanted || wanted.value() == fetched.digest)
                return fetched;
            last = makeError(Errc::InvalidArgument,
                "registry " + m_repository.domain() + ": manifest digest mismatch: expected "
                    + tagOrDigest + ", actual " + fetched.digest.text());
        }
        if (!last && last.error().code == Errc::Cancelled)
            return last;
    }
    return last;
}

Result<void> RegistryClient::blob(const Digest& digest, std::int64_t from,
    const std::function<Result<void>(std::int64_t, std::string_view)>& onPiece)
{
    PL_TRY(const auto all, endpoints());
    auto last = Result<void>(makeError(Errc::Unavailable, "no registry to ask"));
    for (const Endpoint& endpoint : all) {
        HttpRequest request;
        request.url = repositoryUrl(endpoint) + "/blobs/" + digest.text();
        if (from > 0)
            request.headers.push_back("Range: bytes=" + std::to_string(from) + "-");
        std::int64_t offset = -1;
        request.onBody = [&](int status, std::string_view piece) -> Result<void> {
            if (offset < 0)
                offset = status == 206 ? from : 0;
            PL_TRY(onPiece(offset, piece));
            offset += static_cast<std::int64_t>(piece.size());
            return success();
        };
        auto response = send(endpoint, std::move(request), 1);
        if (!response) {
            last = std::move(response).error();
        } else if (response.value().status == 206
            && rangeStart(response.value().header("content-range")) != from) {
            last = makeError(Errc::InvalidArgument,
                "registry " + m_repository.domain() + " sends another part of blob " + digest.text()
                    + " than was asked for");
        } else if (response.value().status == 200 || response.value().status == 206) {
            return success();
        } else if (response.value().status == 416) { // all of it is here already
            return success();
        } else {
            last = refusalOf(response.value(), "blob " + digest.text());
        }
        if (last.error().code == Errc::Cancelled || !endpoint.isMirror)
            return last;
    }
    return last;
}

Result<bool> RegistryClient::hasBlob(const Digest& digest)
{
    PL_TRY(const auto endpoint, own());
    HttpRequest request;
    request.method = "HEAD";
    request.url = repositoryUrl(endpoint) + "/blobs/" + digest.text();
    PL_TRY(const auto response, send(endpoint, std::move(request), kAttempts));
    if (response.status == 200)
        return true;
    if (response.status == 404)
        return false;
    return refusalOf(response, "blob " + digest.text());
}

Result<bool> RegistryClient::mountBlob(const Digest& digest, const std::string& sourcePath)
{
    PL_TRY(const auto endpoint, own());
    HttpRequest request;
    request.method = "POST";
    request.url = repositoryUrl(endpoint) + "/blobs/uploads/?mount=" + urlEncode(digest.text())
        + "&from=" + urlEncode(sourcePath);
    PL_TRY(const auto response, send(endpoint, std::move(request), 1));
    return response.status == 201; // 202 begins an upload, which the registry forgets in time
}

Result<void> RegistryClient::uploadBlob(const Digest& digest, const Fd& file,
    std::int64_t sizeBytes, const std::function<void(std::int64_t)>& onSent)
{
    PL_TRY(const auto endpoint, own());
    std::chrono::milliseconds wait = kFirstPause;
    for (int attempt = 1;; ++attempt) {
        HttpRequest begin;
        begin.method = "POST";
        begin.url = repositoryUrl(endpoint) + "/blobs/uploads/";
        PL_TRY(const auto begun, send(endpoint, std::move(begin), kAttempts));
        if (begun.status != 202)
            return refusalOf(begun, "an upload to " + m_repository.familiarRepository());
        const std::string place = resolveUrl(begun.url, begun.header("location"));
        if (place.empty())
            return makeError(Errc::Unavailable,
                "registry " + m_repository.domain() + " names no place for an upload");
        HttpRequest put;
        put.method = "PUT";
        put.url = place + (place.find('?') == std::string::npos ? "?" : "&")
            + "digest=" + urlEncode(digest.text());
        put.headers = { "Content-Type: application/octet-stream" };
        put.bodyFile = &file;
        put.bodyFileBytes = sizeBytes;
        put.onSent = onSent;
        TransportFailure failure = TransportFailure::None;
        auto response = sendOnce(endpoint, std::move(put), failure);
        if (response && response.value().status == 201)
            return success();
        const bool isWorthAnother = response ? isPassing(response.value().status)
                                             : failure == TransportFailure::Interrupted;
        if (!isWorthAnother || attempt >= kAttempts)
            return response ? refusalOf(response.value(), "blob " + digest.text())
                            : std::move(response).error();
        PL_TRY(pause(wait));
        wait *= 2;
    }
}

Result<void> RegistryClient::putManifest(
    const std::string& tagOrDigest, const std::string& mediaType, const std::string& bytes)
{
    PL_TRY(const auto endpoint, own());
    HttpRequest request;
    request.method = "PUT";
    request.url = repositoryUrl(endpoint) + "/manifests/" + tagOrDigest;
    request.headers = { "Content-Type: " + mediaType };
    request.body = bytes;
    PL_TRY(const auto response, send(endpoint, std::move(request), kAttempts));
    if (response.status == 201)
        return success();
    return refusalOf(response, "the manifest of " + m_repository.familiarRepository());
}

Result<std::vector<std::string>> RegistryClient::listed(
    const std::string& path, const char* key, std::size_t limit, const std::string& term)
{
    PL_TRY(const auto endpoint, own());
    std::vector<std::string> found;
    std::string url = endpoint.base + path;
    for (std::size_t page = 0; page < kMaxPages && !url.empty(); ++page) {
        HttpRequest request;
        request.url = url;
        PL_TRY(const auto response, send(endpoint, std::move(request), kAttempts));
        if (response.status != 200)
            return refusalOf(response, m_repository.familiarRepository());
        PL_TRY(const auto json, parseJson(response.text));
        PL_TRY(const auto names, jsonStrings(json, key));
        for (const std::string& name : names) {
            if (name.find(term) != std::string::npos)
                found.push_back(name);
            if (found.size() >= limit)
                return found;
        }
        url = nextPage(response);
        if (!url.empty() && originOf(url) != originOf(endpoint.base))
            break;
    }
    return found;
}

Result<std::vector<std::string>> RegistryClient::tags()
{
    return listed("/v2/" + m_repository.path() + "/tags/list", "tags", SIZE_MAX, {});
}

Result<std::vector<std::string>> RegistryClient::catalog(const std::string& term, std::size_t limit)
{
    m_scope = "registry:catalog:*";
    return listed("/v2/_catalog", "repositories", limit, term);
}

Result<std::string> RegistryClient::logIn()
{
    PL_TRY(const auto endpoint, own());
    m_scope.clear();
    endpoint.auth->wantIdentityToken();
    HttpRequest request;
    request.url = endpoint.base + "/v2/";
    PL_TRY(const auto response, send(endpoint, std::move(request), kAttempts));
    if (response.status != 200)
        return refusalOf(response, "the login");
    return endpoint.auth->identityToken();
}

Result<HttpResponse> RegistryClient::get(const std::string& path)
{
    PL_TRY(const auto endpoint, own());
    HttpRequest request;
    request.url = endpoint.base + path;
    return send(endpoint, std::move(request), kAttempts);
}

} // namespace portlight::image
