#include "engine/api/registry_routes.h"

#include "engine/api/progress_lines.h"

#include <algorithm>

namespace portlight::api {

namespace {

using Job = core::RegistryService::Jobs::Job;

constexpr std::int64_t kDefaultSearchLimit = 25;
constexpr std::int64_t kMaxSearchLimit = 100;

Result<image::RegistryCredentials> credentialsOf(const Request& request)
{
    const auto header = request.headers.find("x-registry-auth");
    return image::credentialsFromHeader(
        header == request.headers.end() ? std::string() : header->second);
}

std::string auxLines(const core::RegistryService::Transferred& pushed)
{
    std::string lines;
    for (const image::PushedImage& one : pushed) {
        Json aux { { "Tag", one.tag }, { "Digest", one.digest }, { "Size", one.sizeBytes } };
        lines +=
            messageLine(Json { { "progressDetail", Json::object() }, { "aux", std::move(aux) } });
    }
    return lines;
}

asio::awaitable<void> writeTransfer(std::shared_ptr<ResponseStream> out, std::shared_ptr<Job> job,
    std::optional<image::TransferProgress> first)
{
    auto progress = std::move(first);
    while (progress) {
        std::string line = transferLine(*progress);
        if (!co_await out->write(std::move(line)))
            co_return;
        progress = co_await job->nextProgress();
    }
    const auto& result = job->result();
    std::string last = result ? auxLines(result.value()) : errorLine(result.error());
    if (!last.empty())
        static_cast<void>(co_await out->write(std::move(last)));
}

// What fails before any progress has its own status; what fails later ends the stream.
Task<Response> answerTransfer(std::shared_ptr<Job> job)
{
    auto first = co_await job->nextProgress();
    if (!first && !job->result())
        co_return job->result().error();
    auto body = [job, first = std::move(first)](std::shared_ptr<ResponseStream> out) {
        return writeTransfer(std::move(out), job, first);
    };
    co_return Response::streamed("application/json", std::move(body));
}

Result<bool> isWanted(const core::SearchResult& result,
    const std::map<std::string, std::vector<std::string>>& filters)
{
    for (const auto& [name, values] : filters)
        for (const std::string& value : values) {
            if (name == "stars") {
                char* end = nullptr;
                const long long stars = std::strtoll(value.c_str(), &end, 10);
                if (value.empty() || *end != '\0')
                    return makeError(
                        Errc::InvalidArgument, "invalid filter 'stars=[" + value + "]'");
                if (result.stars < stars)
                    return false;
            } else if (name == "is-official" || name == "is-automated") {
                const bool is = name == "is-official" ? result.isOfficial : result.isAutomated;
                if (is != (value == "true" || value == "1"))
                    return false;
            } else {
                return makeError(Errc::InvalidArgument, "invalid filter '" + name + "'");
            }
        }
    return true;
}

} // namespace

Result<std::optional<oci::Platform>> platformOf(const Request& request)
{
    const std::string text = request.query("platform");
    if (text.empty())
        return std::optional<oci::Platform>();
    if (!text.starts_with('{')) {
        PL_TRY(auto platform, oci::parsePlatform(text));
        return std::optional(std::move(platform));
    }
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(auto platform, oci::platformFromJson(json));
    if (platform.os.empty() || platform.architecture.empty())
        return makeError(Errc::InvalidArgument, "platform needs 'os' and 'architecture'");
    return std::optional(std::move(platform));
}

void RegistryRoutes::addTo(Router& router)
{
    const auto add = [this, &router](const char* method, const char* pattern,
                         Task<Response> (RegistryRoutes::*handler)(Request)) {
        router.add(method, pattern,
            [this, handler](Request request) { return (this->*handler)(std::move(request)); });
    };
    add("POST", "/images/create", &RegistryRoutes::create);
    add("POST", "/images/{name...}/push", &RegistryRoutes::push);
    add("POST", "/auth", &RegistryRoutes::logIn);
    add("GET", "/images/search", &RegistryRoutes::search);
    add("GET", "/distribution/{name...}/json", &RegistryRoutes::distribution);
}

// 200 with progress; 400 bad name; 404 no such image, platform or right.
Task<Response> RegistryRoutes::create(Request request)
{
    if (!request.query("fromSrc").empty())
        co_return co_await m_importTree(std::move(request));
    const std::string from = request.query("fromImage");
    if (from.empty())
        co_return makeError(Errc::InvalidArgument, "fromImage is missing");
    PL_CO_TRY(auto name, oci::Reference::parse(from));
    const std::string tag = request.query("tag");
    if (tag.starts_with("sha256:")) {
        PL_CO_TRY(name, oci::Reference::parse(name.repository() + "@" + tag));
    } else if (!tag.empty()) {
        if (!oci::isValidTag(tag))
            co_return makeError(Errc::InvalidArgument, "invalid tag format");
        name = name.withTag(tag);
    }
    PL_CO_TRY(auto platform, platformOf(request));
    PL_CO_TRY(auto credentials, credentialsOf(request));
    const bool isAllTags = name.tag().empty() && name.digest().empty();
    core::PullRequest pull { std::move(name), isAllTags, std::move(platform),
        std::move(credentials) };
    std::shared_ptr<Job> job = m_registries.startPull(std::move(pull));
    co_return co_await answerTransfer(std::move(job));
}

// 200 with progress; 404 no such image.
Task<Response> RegistryRoutes::push(Request request)
{
    PL_CO_TRY(auto name, request.pathParam("name"));
    PL_CO_TRY(auto credentials, credentialsOf(request));
    PL_CO_TRY(auto job,
        co_await m_registries.startPush(
            std::move(name), request.query("tag"), std::move(credentials)));
    co_return co_await answerTransfer(std::move(job));
}

// 200; 401 wrong name or password.
Task<Response> RegistryRoutes::logIn(Request request)
{
    PL_CO_TRY(const auto text, co_await request.body->readAll());
    PL_CO_TRY(auto credentials, image::credentialsFromJson(text));
    PL_CO_TRY(const auto token, co_await m_registries.logIn(std::move(credentials)));
    const Json answer { { "Status", "Login Succeeded" }, { "IdentityToken", token } };
    co_return Response::json(answer);
}

// 200; 400 no term, bad limit or filter.
Task<Response> RegistryRoutes::search(Request request)
{
    PL_CO_TRY(const auto limit, request.queryInt("limit"));
    const std::int64_t wanted = limit && *limit != 0 ? *limit : kDefaultSearchLimit;
    if (wanted < 1 || wanted > kMaxSearchLimit)
        co_return makeError(Errc::InvalidArgument,
            "limit " + std::to_string(wanted) + " is outside the range of [1, 100]");
    PL_CO_TRY(const auto filters, request.filters());
    PL_CO_TRY(auto credentials, credentialsOf(request));
    PL_CO_TRY(const auto found,
        co_await m_registries.search(
            request.query("term"), static_cast<std::size_t>(wanted), std::move(credentials)));
    Json answer = Json::array();
    for (const core::SearchResult& result : found) {
        PL_CO_TRY(const bool isShown, isWanted(result, filters));
        if (!isShown)
            continue;
        Json item { { "name", result.name }, { "description", result.description },
            { "star_count", result.stars }, { "is_official", result.isOfficial },
            { "is_automated", result.isAutomated } };
        answer.push_back(std::move(item));
    }
    co_return Response::json(answer);
}

// 200; 404 no such image or no right.
Task<Response> RegistryRoutes::distribution(Request request)
{
    PL_CO_TRY(const auto text, request.pathParam("name"));
    PL_CO_TRY(auto name, oci::Reference::parse(text));
    PL_CO_TRY(auto credentials, credentialsOf(request));
    PL_CO_TRY(const auto info,
        co_await m_registries.distribution(std::move(name), std::move(credentials)));
    Json platforms = Json::array();
    for (const oci::Platform& platform : info.platforms)
        platforms.push_back(oci::platformToJson(platform));
    Json descriptor { { "mediaType", info.mediaType }, { "digest", info.digest },
        { "size", info.sizeBytes } };
    const Json answer { { "Descriptor", std::move(descriptor) },
        { "Platforms", std::move(platforms) } };
    co_return Response::json(answer);
}

} // namespace portlight::api
