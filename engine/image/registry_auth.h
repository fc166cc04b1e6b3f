#pragma once

#include "engine/image/http_client.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

/// What a client gives us to log in with; Engine API, Authentication. All may be empty.
struct RegistryCredentials {
    std::string username;
    std::string password;
    std::string identityToken; ///< OAuth2 refresh token, in place of the password
    std::string registryToken; ///< sent as it is
    std::string serverAddress;

    bool areEmpty() const
    {
        return username.empty() && password.empty() && identityToken.empty()
            && registryToken.empty();
    }
};

/// The header X-Registry-Auth: base64url of JSON. Errors: InvalidArgument.
Result<RegistryCredentials> credentialsFromHeader(const std::string& header);
/// The JSON itself, as POST /auth has it. Errors: InvalidArgument.
Result<RegistryCredentials> credentialsFromJson(const std::string& text);

/// One of WWW-Authenticate's challenges; RFC 9110 11.6.1.
struct AuthChallenge {
    std::string scheme; ///< lower case
    std::map<std::string, std::string> parameters; ///< names in lower case
};
std::vector<AuthChallenge> parseChallenges(const std::string& header);

/// Answers the challenges of one registry, and remembers its tokens. Thread-safe.
/// distribution-spec, and docker's token authentication (docs: spec/auth/token).
class RegistryAuth {
public:
    RegistryAuth(HttpClient& http, RegistryCredentials credentials);

    /// The Authorization header for @p scope ("repository:library/nginx:pull"); empty where none is
    /// known to be needed.
    std::string headerFor(const std::string& scope);
    /// After a 401 for @p scope to a request with @p usedHeader: finds what satisfies it, unless
    /// another thread has meanwhile. @p trust has the registry's caFile and isUnverified, for a
    /// realm on its own host. Errors: Unauthorized with the server's words.
    Result<void> answer(const HttpResponse& refusal, const std::string& scope,
        const std::string& usedHeader, const HttpRequest& trust,
        const std::atomic<bool>* isCancelled);
    /// From a token server that gives one for a password (docker login); else empty.
    std::string identityToken() const { return m_newIdentityToken; }
    /// Asks the token server for an identity token, too.
    void wantIdentityToken() { m_wantsIdentityToken = true; }

private:
    struct Token {
        std::string header;
        std::chrono::steady_clock::time_point expires;
    };
    Result<void> fetchToken(const AuthChallenge& challenge, const std::string& scope,
        const HttpResponse& refusal, const HttpRequest& trust,
        const std::atomic<bool>* isCancelled);
    std::string knownHeader(const std::string& scope) const;

    HttpClient& m_http;
    RegistryCredentials m_credentials;
    std::mutex m_mutex;
    std::map<std::string, Token> m_tokens; ///< by scope
    bool m_isBasic = false;
    bool m_wantsIdentityToken = false;
    std::string m_newIdentityToken;
};

/// What a registry says in an error body ("code: message"), or the status where it says nothing.
std::string registryErrorText(const HttpResponse& response);

} // namespace portlight::image
