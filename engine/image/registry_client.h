#pragma once

#include "engine/base/digest.h"
#include "engine/image/http_client.h"
#include "engine/image/registry_auth.h"
#include "engine/image/registry_settings.h"
#include "engine/oci/descriptor.h"
#include "engine/oci/reference.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

struct FetchedManifest {
    std::string bytes;
    std::string mediaType;
    Digest digest; ///< computed over the bytes
};

enum class RegistryAccess { Pull, Push };

/// One repository of one registry: distribution-spec spec.md (and docker's v2, which is the same).
/// Thread-safe and blocking. Passing failures (broken connections, 429, 5xx) are tried again with
/// growing pauses. Errors name the registry and say what helps: NotFound, Unauthorized, Forbidden,
/// Unavailable, Cancelled.
class RegistryClient {
public:
    /// All referred to outlive the client.
    RegistryClient(HttpClient& http, const RegistrySettings& settings, oci::Reference repository,
        RegistryCredentials credentials, RegistryAccess access,
        const std::atomic<bool>* isCancelled);

    const oci::Reference& repository() const { return m_repository; }

    /// By tag or digest; bytes that do not have the digest are InvalidArgument.
    Result<FetchedManifest> manifest(const std::string& tagOrDigest);
    /// Gives the blob's bytes from @p from on to @p onPiece, which also hears where each stands: a
    /// registry that cannot resume starts at 0 again. One attempt; Unavailable is worth another.
    Result<void> blob(const Digest& digest, std::int64_t from,
        const std::function<Result<void>(std::int64_t offset, std::string_view piece)>& onPiece);
    Result<bool> hasBlob(const Digest& digest);
    /// Has the registry take the blob over from its repository @p sourcePath. False where it wants
    /// an upload instead.
    Result<bool> mountBlob(const Digest& digest, const std::string& sourcePath);
    Result<void> uploadBlob(const Digest& digest, const Fd& file, std::int64_t sizeBytes,
        const std::function<void(std::int64_t)>& onSent);
    Result<void> putManifest(
        const std::string& tagOrDigest, const std::string& mediaType, const std::string& bytes);
    /// All tags, through all pages.
    Result<std::vector<std::string>> tags();
    /// Repositories of the registry whose name has @p term in it, at most @p limit.
    Result<std::vector<std::string>> catalog(const std::string& term, std::size_t limit);
    /// Asks for the registry's base with the credentials; the identity token where one was given.
    Result<std::string> logIn();
    /// GET @p path below the registry's address. An answer of any status.
    Result<HttpResponse> get(const std::string& path);

private:
    struct Endpoint {
        std::string base; ///< "https://registry-1.docker.io"
        std::string caFile;
        bool isUnverified = false;
        bool isMirror = false;
        std::shared_ptr<RegistryAuth> auth;
    };
    Result<std::vector<Endpoint>> endpoints();
    Result<Endpoint> probe(const std::string& host, const std::string& caFile);
    Result<Endpoint> own();
    Result<HttpResponse> send(const Endpoint& endpoint, HttpRequest request, int attempts);
    Result<HttpResponse> sendOnce(
        const Endpoint& endpoint, HttpRequest request, TransportFailure& failure);
    Result<void> pause(std::chrono::milliseconds time) const;
    Error refusalOf(const HttpResponse& response, const std::string& what) const;
    std::string repositoryUrl(const Endpoint& endpoint) const;
    Result<std::vector<std::string>> listed(
        const std::string& path, const char* key, std::size_t limit, const std::string& term);

    HttpClient& m_http;
    const RegistrySettings& m_settings;
    oci::Reference m_repository;
    RegistryCredentials m_credentials;
    RegistryAccess m_access;
    const std::atomic<bool>* m_isCancelled;
    std::string m_scope;
    std::mutex m_mutex;
    std::vector<Endpoint> m_endpoints; ///< once found
};

/// "docker.io" is found at registry-1.docker.io.
std::string registryHost(const std::string& domain);

} // namespace portlight::image
