#include "engine/core/registry_service.h"

#include "engine/core/registry_queries.h"

#include <algorithm>

namespace portlight::core {

namespace {

constexpr std::size_t kTransfers = 6; ///< at the same time

// A registry does not say whether it has what one may not see; neither can we (docker's words).
Error pullRefusal(const oci::Reference& name, Error error)
{
    if (error.code != Errc::Unauthorized && error.code != Errc::Forbidden)
        return error;
    return makeError(Errc::NotFound,
        "pull access denied for " + name.familiarRepository()
            + ", repository does not exist or may require 'docker login': " + error.message);
}

Error pushRefusal(const oci::Reference& name, Error error)
{
    if (error.code != Errc::Unauthorized && error.code != Errc::Forbidden)
        return error;
    return makeError(error.code,
        "denied: " + error.message + " (pushing to " + name.familiarRepository()
            + " needs a login at " + name.domain() + " that may write there)");
}

bool canBeLeftOut(const image::TransferProgress& progress)
{
    using enum image::TransferStep;
    return progress.step == Downloading || progress.step == Extracting || progress.step == Pushing;
}

image::TransferReport reportTo(const RegistryService::Jobs::Report& report)
{
    return [&report](const image::TransferProgress& progress) {
        report(progress, canBeLeftOut(progress));
    };
}

} // namespace

RegistryService::RegistryService(asio::any_io_executor executor, image::ImageStore& images,
    image::ContentStore& content, EventBus& events, image::RegistrySettings settings,
    image::Dial dial)
    : m_images(images)
    , m_content(content)
    , m_events(events)
    , m_settings(std::move(settings))
    , m_http(std::move(dial))
    , m_jobs(std::move(executor), kTransfers)
{
}

void RegistryService::publish(const std::string& action, const oci::Reference& name)
{
    Event event { "image", action, name.familiar(), { { "name", name.familiarRepository() } }, 0 };
    m_events.publish(std::move(event));
}

Result<RegistryService::Transferred> RegistryService::pull(
    const PullRequest& request, const Jobs::Report& report, const std::atomic<bool>& isCancelled)
{
    std::vector<oci::Reference> names { request.name };
    if (request.isAllTags) {
        image::RegistryClient registry(m_http, m_settings, request.name, request.credentials,
            image::RegistryAccess::Pull, &isCancelled);
        auto tags = registry.tags();
        if (!tags)
            return pullRefusal(request.name, std::move(tags).error());
        names.clear();
        for (std::string& tag : tags.value())
            if (oci::isValidTag(tag))
                names.push_back(request.name.withTag(std::move(tag)));
    }
    for (const oci::Reference& name : names) {
        image::PullOptions options;
        options.platform = request.platform;
        options.credentials = request.credentials;
        options.onProgress = reportTo(report);
        options.isCancelled = &isCancelled;
        auto pulled = image::pullImage(m_images, m_content, m_http, m_settings, name, options);
        if (!pulled)
            return pullRefusal(name, std::move(pulled).error());
        for (const std::string& note : pulled.value().notes)
            report({ image::TransferStep::Status, {}, "Note: " + note, 0, 0 }, true);
    }
    return Transferred();
}

std::unique_ptr<RegistryService::Jobs::Job> RegistryService::startPull(PullRequest request)
{
    const oci::Reference name = request.name;
    auto work = [this, request = std::move(request)](
                    const Jobs::Report& report, const std::atomic<bool>& isCancelled) {
        return pull(request, report, isCancelled);
    };
    return m_jobs.start(std::move(work), [this, name](const Result<Transferred>& pulled) {
        if (pulled)
            publish("pull", name);
    });
}

Result<RegistryService::Transferred> RegistryService::push(
    const std::vector<image::StoredImage>& all, const std::vector<oci::Reference>& targets,
    const image::RegistryCredentials& credentials, const Jobs::Report& report,
    const std::atomic<bool>& isCancelled)
{
    Transferred pushed;
    for (const oci::Reference& target : targets) {
        const auto image = std::find_if(all.begin(), all.end(), [&](const auto& candidate) {
            const auto& names = candidate.names;
            return std::find(names.begin(), names.end(), target.normalized()) != names.end();
        });
        if (image == all.end())
            return makeError(Errc::NotFound, "No such image: " + target.familiar());
        image::PushOptions options;
        options.credentials = credentials;
        options.onProgress = reportTo(report);
        options.isCancelled = &isCancelled;
        options.mountSources = mountSources(all, target);
        auto done = image::pushImage(m_content, m_http, m_settings, *image, target, options);
        if (!done)
            return pushRefusal(target, std::move(done).error());
        const image::PushedImage& one = done.value();
        PL_TRY(m_images.addRepoDigest(image->id, { target.repository(), one.digest }));
        report({ image::TransferStep::Status, {},
                   one.tag + ": digest: " + one.digest + " size: " + std::to_string(one.sizeBytes),
                   0, 0 },
            false);
        pushed.push_back(one);
    }
    return pushed;
}

Task<std::shared_ptr<RegistryService::Jobs::Job>> RegistryService::startPush(
    std::string repository, std::string tag, image::RegistryCredentials credentials)
{
    PL_CO_TRY(auto name, oci::Reference::parse(repository));
    if (!name.digest().empty())
        co_return makeError(
            Errc::InvalidArgument, "cannot push a digest reference: name a tag to push");
    if (!tag.empty() && !oci::isValidTag(tag))
        co_return makeError(Errc::InvalidArgument, "invalid tag format");
    if (!tag.empty())
        name = name.withTag(tag);
    auto list = [this] { return m_images.list(); };
    PL_CO_TRY(auto all, co_await offload(m_jobs.workers(), std::move(list)));
    std::vector<oci::Reference> targets;
    for (const image::StoredImage& image : all)
        for (const std::string& each : image.names)
            if (auto parsed = oci::Reference::parse(each); parsed
                && parsed.value().repository() == name.repository()
                && (name.tag().empty() || parsed.value().tag() == name.tag()))
                targets.push_back(std::move(parsed).value());
    if (targets.empty())
        co_return makeError(Errc::NotFound,
            name.tag().empty()
                ? "An image does not exist locally with the tag: " + name.familiarRepository()
                : "tag does not exist: " + name.familiar());
    auto work = [this, all = std::move(all), targets, credentials = std::move(credentials)](
                    const Jobs::Report& report, const std::atomic<bool>& isCancelled) {
        return push(all, targets, credentials, report, isCancelled);
    };
    auto onEnd = [this, name](const Result<Transferred>& pushed) {
        if (pushed)
            publish("push", name);
    };
    co_return std::shared_ptr<Jobs::Job>(m_jobs.start(std::move(work), std::move(onEnd)));
}

Task<std::string> RegistryService::logIn(image::RegistryCredentials credentials)
{
    auto work = [this, credentials = std::move(credentials)] {
        return tryLogin(m_http, m_settings, credentials);
    };
    co_return co_await offload(m_jobs.workers(), std::move(work));
}

Task<std::vector<SearchResult>> RegistryService::search(
    std::string term, std::size_t limit, image::RegistryCredentials credentials)
{
    auto work = [this, term = std::move(term), limit, credentials = std::move(credentials)] {
        return searchRegistry(m_http, m_settings, term, limit, credentials);
    };
    co_return co_await offload(m_jobs.workers(), std::move(work));
}

Task<DistributionInfo> RegistryService::distribution(
    oci::Reference name, image::RegistryCredentials credentials)
{
    auto work = [this, name, credentials = std::move(credentials)]() -> Result<DistributionInfo> {
        auto found = distributionInfo(m_http, m_settings, name, credentials);
        if (!found)
            return pullRefusal(name, std::move(found).error());
        return found;
    };
    co_return co_await offload(m_jobs.workers(), std::move(work));
}

} // namespace portlight::core
