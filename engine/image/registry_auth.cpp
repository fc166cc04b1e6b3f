#include "engine/image/registry_auth.h"

#include "engine/base/json.h"

#include <algorithm>
#include <cctype>

namespace portlight::image {

namespace {

constexpr std::size_t kMaxHeaderBytes = 64U << 10U;
constexpr auto kDefaultTokenLife = std::chrono::seconds(60); // where the server names none

std::optional<std::string> fromBase64(std::string_view text)
{
    std::string bytes;
    unsigned bits = 0;
    unsigned have = 0;
    for (const char c : text) {
        unsigned value = 0;
        if (c >= 'A' && c <= 'Z')
            value = static_cast<unsigned>(c - 'A');
        else if (c >= 'a' && c <= 'z')
            value = static_cast<unsigned>(c - 'a') + 26;
        else if (c >= '0' && c <= '9')
            value = static_cast<unsigned>(c - '0') + 52;
        else if (c == '+' || c == '-')
            value = 62;
        else if (c == '/' || c == '_')
            value = 63;
        else if (c == '=' || c == '\r' || c == '\n')
            continue;
        else
            return std::nullopt;
        bits = (bits << 6U) | value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes += static_cast<char>((bits >> have) & 0xFFU);
        }
    }
    return bytes;
}

std::string toBase64(std::string_view bytes)
{
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t part = 0; part < 3; ++part)
            group = (group << 8U)
                | (at + part < bytes.size() ? static_cast<unsigned char>(bytes[at + part]) : 0U);
        for (std::size_t part = 0; part < 4; ++part)
            text += at + part <= bytes.size() ? kDigits[(group >> (18 - 6 * part)) & 63U] : '=';
    }
    return text;
}

bool isTokenCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0
        || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string lower(std::string text)
{
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// Reads the header front to back.
class ChallengeParser {
public:
    explicit ChallengeParser(std::string_view text)
        : m_text(text)
    {
    }

    std::vector<AuthChallenge> parse()
    {
        std::vector<AuthChallenge> challenges;
        while (!m_text.empty()) {
            skip(" \t,");
            const std::string word = token();
            if (word.empty())
                break;
            skip(" \t");
            if (m_text.starts_with('=') && !challenges.empty()) {
                m_text.remove_prefix(1);
                skip(" \t");
                challenges.back().parameters[lower(word)] = value();
            } else {
                challenges.push_back({ lower(word), {} });
            }
        }
        return challenges;
    }

private:
    void skip(std::string_view characters)
    {
        while (!m_text.empty() && characters.find(m_text.front()) != std::string_view::npos)
            m_text.remove_prefix(1);
    }
    std::string token()
    {
        std::string word;
        while (!m_text.empty() && isTokenCharacter(m_text.front())) {
            word += m_text.front();
            m_text.remove_prefix(1);
        }
        return word;
    }
    std::string value()
    {
        if (!m_text.starts_with('"'))
            return token();
        std::string text;
        m_text.remove_prefix(1);
        while (!m_text.empty() && m_text.front() != '"') {
            if (m_text.front() == '\\' && m_text.size() > 1)
                m_text.remove_prefix(1);
            text += m_text.front();
            m_text.remove_prefix(1);
        }
        if (!m_text.empty())
            m_text.remove_prefix(1);
        return text;
    }
    std::string_view m_text;
};

std::string basicHeader(const RegistryCredentials& credentials)
{
    return "Basic " + toBase64(credentials.username + ":" + credentials.password);
}

std::string parameterOf(const AuthChallenge& challenge, const char* name)
{
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? std::string() : found->second;
}

} // namespace

Result<RegistryCredentials> credentialsFromHeader(const std::string& header)
{
    if (header.empty())
        return RegistryCredentials();
    const auto text =
        header.size() <= kMaxHeaderBytes ? fromBase64(header) : std::optional<std::string>();
    auto credentials = text
        ? credentialsFromJson(*text)
        : Result<RegistryCredentials>(makeError(Errc::InvalidArgument, "it is not base64"));
    if (!credentials)
        return withContext(credentials.error(), "invalid X-Registry-Auth header");
    return credentials;
}

Result<RegistryCredentials> credentialsFromJson(const std::string& text)
{
    RegistryCredentials credentials;
    PL_TRY(const auto json, parseJson(text));
    if (json.is_null())
        return credentials;
    if (!json.is_object())
        return makeError(Errc::InvalidArgument, "credentials are not a JSON object");
    PL_TRY(credentials.username, jsonString(json, "username"));
    PL_TRY(credentials.password, jsonString(json, "password"));
    PL_TRY(credentials.identityToken, jsonString(json, "identitytoken"));
    PL_TRY(credentials.registryToken, jsonString(json, "registrytoken"));
    PL_TRY(credentials.serverAddress, jsonString(json, "serveraddress"));
    PL_TRY(const auto both, jsonString(json, "auth"));
    if (credentials.username.empty() && !both.empty()) {
        const auto plain = fromBase64(both);
        const auto colon = plain ? plain->find(':') : std::string::npos;
        if (colon == std::string::npos)
            return makeError(Errc::InvalidArgument, "field 'auth' is not base64 of name:password");
        credentials.username = plain->substr(0, colon);
        credentials.password = plain->substr(colon + 1);
    }
    return credentials;
}

std::vector<AuthChallenge> parseChallenges(const std::string& header)
{
    return ChallengeParser(header).parse();
}

std::string registryErrorText(const HttpResponse& response)
{
    const auto json = parseJson(response.text);
    if (json && json.value().is_object()) {
        const Json& errors = jsonMember(json.value(), "errors");
        if (errors.is_array() && !errors.empty()) {
            const auto code = jsonString(errors[0], "code");
            const auto message = jsonString(errors[0], "message");
            std::string text = code ? lower(code.value()) : std::string();
            std::replace(text.begin(), text.end(), '_', ' ');
            if (message && !message.value().empty())
                text += (text.empty() ? "" : ": ") + message.value();
            if (!text.empty())
                return text;
        }
        for (const char* key : { "details", "error_description", "message", "error" })
            if (const auto text = jsonString(json.value(), key); text && !text.value().empty())
                return text.value();
    }
    if (response.status == 401)
        return "authentication required"; // an answer to HEAD says no more
    return "HTTP status " + std::to_string(response.status);
}

RegistryAuth::RegistryAuth(HttpClient& http, RegistryCredentials credentials)
    : m_http(http)
    , m_credentials(std::move(credentials))
{
}

std::string RegistryAuth::headerFor(const std::string& scope)
{
    const std::lock_guard lock(m_mutex);
    return knownHeader(scope);
}

std::string RegistryAuth::knownHeader(const std::string& scope) const
{
    if (!m_credentials.registryToken.empty())
        return "Authorization: Bearer " + m_credentials.registryToken;
    if (m_isBasic)
        return "Authorization: " + basicHeader(m_credentials);
    const auto found = m_tokens.find(scope);
    if (found == m_tokens.end() || found->second.expires < std::chrono::steady_clock::now())
        return {};
    return "Authorization: " + found->second.header;
}

Result<void> RegistryAuth::answer(const HttpResponse& refusal, const std::string& scope,
    const std::string& usedHeader, const HttpRequest& trust, const std::atomic<bool>* isCancelled)
{
    const std::lock_guard lock(m_mutex);
    if (const std::string known = knownHeader(scope); !known.empty() && known != usedHeader)
        return success();
    const std::string said = registryErrorText(refusal);
    if (!m_credentials.registryToken.empty())
        return makeError(Errc::Unauthorized, said);
    const auto challenges = parseChallenges(refusal.header("www-authenticate"));
    for (const AuthChallenge& challenge : challenges)
        if (challenge.scheme == "bearer")
            return fetchToken(challenge, scope, refusal, trust, isCancelled);
    for (const AuthChallenge& challenge : challenges) {
        if (challenge.scheme != "basic")
            continue;
        if (m_credentials.username.empty())
            return makeError(Errc::Unauthorized, said + " (no basic auth credentials)");
        if (m_isBasic) // refused with them
            return makeError(Errc::Unauthorized, said);
        m_isBasic = true;
        return success();
    }
    return makeError(Errc::Unauthorized, said);
}

// Two forms: GET with basic credentials or none, and OAuth2's POST with a refresh token.
Result<void> RegistryAuth::fetchToken(const AuthChallenge& challenge, const std::string& scope,
    const HttpResponse& refusal, const HttpRequest& trust, const std::atomic<bool>* isCancelled)
{
    const std::string realm = parameterOf(challenge, "realm");
    const std::string origin = originOf(realm);
    if (origin.empty())
        return makeError(Errc::Unauthorized,
            originOf(refusal.url) + " names no usable token server: realm '" + realm + "'");
    if (refusal.url.starts_with("https:") && !realm.starts_with("https:"))
        return makeError(Errc::Unauthorized,
            originOf(refusal.url) + " names a token server without TLS: '" + realm + "'");
    const std::string service = parameterOf(challenge, "service");
    HttpRequest request;
    const bool isOwnHost = origin == originOf(refusal.url);
    request.caFile = isOwnHost ? trust.caFile : std::string();
    request.isUnverified = isOwnHost && trust.isUnverified;
    if (!m_credentials.identityToken.empty()) {
        request.method = "POST";
        request.url = realm;
        request.headers = { "Content-Type: application/x-www-form-urlencoded" };
        request.body = "grant_type=refresh_token&client_id=portlight&service=" + urlEncode(service)
            + "&refresh_token=" + urlEncode(m_credentials.identityToken);
        if (!scope.empty())
            request.body += "&scope=" + urlEncode(scope);
    } else {
        request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&")
            + "client_id=portlight&service=" + urlEncode(service);
        if (!scope.empty())
            request.url += "&scope=" + urlEncode(scope);
        if (m_wantsIdentityToken)
            request.url += "&offline_token=true";
        if (!m_credentials.username.empty()) {
            request.url += "&account=" + urlEncode(m_credentials.username);
            request.headers = { "Authorization: " + basicHeader(m_credentials) };
        }
    }
    PL_TRY(const auto answer, m_http.perform(std::move(request), isCancelled));
    if (answer.status != 200)
        return makeError(Errc::Unauthorized, registryErrorText(answer));
    auto json = parseJson(answer.text);
    if (!json)
        return makeError(Errc::Unavailable, "token server " + origin + ": its answer is not JSON");
    auto token = jsonString(json.value(), "token");
    if (token && token.value().empty())
        token = jsonString(json.value(), "access_token");
    if (!token || token.value().empty())
        return makeError(Errc::Unavailable, "token server " + origin + " gave no token");
    if (auto refresh = jsonString(json.value(), "refresh_token"); refresh)
        m_newIdentityToken = std::move(refresh).value();
    const auto seconds = jsonInt(json.value(), "expires_in", 0);
    auto life = kDefaultTokenLife;
    if (seconds && seconds.value() > 60 && seconds.value() < 86'400)
        life = std::chrono::seconds(seconds.value());
    m_tokens[scope] = { "Bearer " + token.value(),
        std::chrono::steady_clock::now() + life - std::chrono::seconds(10) };
    return success();
}

} // namespace portlight::image
