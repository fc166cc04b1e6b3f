#include "engine/core/registry_queries.h"

#include "engine/oci/image_config.h"
#include "engine/oci/manifest.h"

#include <algorithm>
#include <set>

namespace portlight::core {

namespace {

constexpr const char* kHubSearch = "https://index.docker.io";
constexpr std::int64_t kMaxConfigBytes = 8 << 20;

// "https://index.docker.io/v1/" is how docker has always called its hub.
std::string domainOf(std::string address)
{
    if (const auto scheme = address.find("://"); scheme != std::string::npos)
        address.erase(0, scheme + 3);
    address = address.substr(0, address.find('/'));
    if (address.empty() || address == "index.docker.io" || address == "registry-1.docker.io")
        return "docker.io";
    return address;
}

Result<std::vector<SearchResult>> resultsFrom(const std::string& text)
{
    PL_TRY(const auto json, parseJson(text));
    std::vector<SearchResult> found;
    const Json& list = jsonMember(json, "results");
    if (!list.is_array())
        return makeError(Errc::Unavailable, "the registry's answer to a search has no results");
    for (const Json& item : list) {
        SearchResult result;
        PL_TRY(result.name, jsonString(item, "name"));
        PL_TRY(result.description, jsonString(item, "description"));
        PL_TRY(result.stars, jsonInt(item, "star_count"));
        PL_TRY(result.isOfficial, jsonBool(item, "is_official"));
        PL_TRY(result.isAutomated, jsonBool(item, "is_automated"));
        found.push_back(std::move(result));
    }
    return found;
}

std::string searchPath(const std::string& term, std::size_t limit)
{
    return "/v1/search?q=" + image::urlEncode(term) + "&n=" + std::to_string(limit);
}

Result<std::vector<oci::Platform>> platformOfImage(
    image::RegistryClient& registry, const oci::Manifest& manifest)
{
    std::vector<oci::Platform> platforms;
    if (manifest.config.sizeBytes > kMaxConfigBytes)
        return platforms;
    std::string text;
    PL_TRY(registry.blob(
        manifest.config.digest, 0, [&](std::int64_t, std::string_view piece) -> Result<void> {
            text.append(piece);
            if (static_cast<std::int64_t>(text.size()) > kMaxConfigBytes)
                return makeError(Errc::InvalidArgument, "the image's configuration is too large");
            return success();
        }));
    if (Digest::of(text) != manifest.config.digest)
        return makeError(Errc::InvalidArgument,
            "the configuration " + manifest.config.digest.text() + " has other content");
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto config, oci::imageConfigFromJson(json));
    platforms.push_back({ config.os, config.architecture, config.variant, config.osVersion });
    return platforms;
}

} // namespace

Result<std::string> tryLogin(image::HttpClient& http, const image::RegistrySettings& settings,
    const image::RegistryCredentials& credentials)
{
    const std::string domain = domainOf(credentials.serverAddress);
    // A registry is asked through a repository; which one does not matter here.
    auto name = oci::Reference::parse(domain + "/login");
    if (!name)
        return makeError(Errc::InvalidArgument,
            "'" + credentials.serverAddress + "' is no address of a registry");
    image::RegistryClient registry(
        http, settings, std::move(name).value(), credentials, image::RegistryAccess::Pull, nullptr);
    auto token = registry.logIn();
    if (!token && token.error().code == Errc::Unauthorized)
        return makeError(
            Errc::Unauthorized, "login attempt to " + domain + " failed: " + token.error().message);
    return token;
}

Result<std::vector<SearchResult>> searchRegistry(image::HttpClient& http,
    const image::RegistrySettings& settings, const std::string& term, std::size_t limit,
    const image::RegistryCredentials& credentials)
{
    if (term.empty())
        return makeError(Errc::InvalidArgument, "there is no term to search for");
    const auto slash = term.find('/');
    const std::string first = term.substr(0, slash);
    const bool hasDomain = slash != std::string::npos
        && (first.find_first_of(".:") != std::string::npos || first == "localhost");
    const std::string domain = hasDomain ? domainOf(first) : "docker.io";
    const std::string wanted = hasDomain ? term.substr(slash + 1) : term;
    std::vector<SearchResult> found;
    if (domain == "docker.io") {
        image::HttpRequest request;
        request.url = kHubSearch + searchPath(wanted, limit);
        PL_TRY(const auto answer, http.perform(std::move(request), nullptr));
        if (answer.status != 200)
            return makeError(Errc::Unavailable,
                "search on Docker Hub failed: " + image::registryErrorText(answer));
        PL_TRY(found, resultsFrom(answer.text));
    } else {
        auto name = oci::Reference::parse(domain + "/search");
        if (!name)
            return name.error();
        image::RegistryClient registry(http, settings, std::move(name).value(), credentials,
            image::RegistryAccess::Pull, nullptr);
        PL_TRY(const auto answer, registry.get(searchPath(wanted, limit)));
        if (answer.status == 200) {
            PL_TRY(found, resultsFrom(answer.text));
        } else { // a registry of today lists its repositories, and has no search
            PL_TRY(const auto names, registry.catalog(wanted, limit));
            for (const std::string& each : names)
                found.push_back({ domain + "/" + each, {}, 0, false, false });
        }
    }
    std::sort(found.begin(), found.end(), [](const SearchResult& a, const SearchResult& b) {
        return a.stars != b.stars ? a.stars > b.stars : a.name < b.name;
    });
    if (found.size() > limit)
        found.resize(limit);
    return found;
}

Result<DistributionInfo> distributionInfo(image::HttpClient& http,
    const image::RegistrySettings& settings, const oci::Reference& name,
    const image::RegistryCredentials& credentials)
{
    image::RegistryClient registry(
        http, settings, name, credentials, image::RegistryAccess::Pull, nullptr);
    const std::string which = !name.digest().empty() ? name.digest()
        : name.tag().empty()                         ? "latest"
                                                     : name.tag();
    PL_TRY(const auto fetched, registry.manifest(which));
    DistributionInfo info { fetched.mediaType, fetched.digest.text(),
        static_cast<std::int64_t>(fetched.bytes.size()), {} };
    PL_TRY(const auto json, parseJson(fetched.bytes));
    if (jsonMember(json, "manifests").is_array()) {
        PL_TRY(const auto index, oci::indexFromJson(json));
        for (const oci::Descriptor& descriptor : index.manifests)
            if (descriptor.platform)
                info.platforms.push_back(*descriptor.platform);
        return info;
    }
    PL_TRY(const auto manifest, oci::manifestFromJson(json));
    PL_TRY(info.platforms, platformOfImage(registry, manifest));
    return info;
}

std::map<std::string, std::vector<std::string>> mountSources(
    const std::vector<image::StoredImage>& all, const oci::Reference& target)
{
    std::map<std::string, std::vector<std::string>> sources;
    const std::string prefix = target.domain() + "/";
    for (const image::StoredImage& image : all) {
        std::set<std::string> paths;
        const auto add = [&](const std::string& repository) {
            if (repository.starts_with(prefix) && repository != target.repository())
                paths.insert(repository.substr(prefix.size()));
        };
        for (const image::RepoDigest& repoDigest : image.repoDigests)
            add(repoDigest.repository);
        if (paths.empty())
            for (const std::string& name : image.names)
                if (const auto parsed = oci::Reference::parse(name))
                    add(parsed.value().repository());
        for (const image::StoredLayer& layer : image.layers) {
            auto& known = sources[layer.blobDigest];
            known.insert(known.end(), paths.begin(), paths.end());
        }
    }
    return sources;
}

} // namespace portlight::core
