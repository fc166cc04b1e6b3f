#pragma once

#include "engine/core/event_bus.h"
#include "engine/core/progress_job.h"
#include "engine/image/image_puller.h"
#include "engine/image/image_pusher.h"
#include "engine/image/image_store.h"

#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

struct PullRequest {
    oci::Reference name;
    bool isAllTags = false;
    std::optional<oci::Platform> platform;
    image::RegistryCredentials credentials;
};

struct SearchResult {
    std::string name;
    std::string description;
    std::int64_t stars = 0;
    bool isOfficial = false;
    bool isAutomated = false;
};

/// What a registry has under a name, without pulling it.
struct DistributionInfo {
    std::string mediaType;
    std::string digest;
    std::int64_t sizeBytes = 0;
    std::vector<oci::Platform> platforms;
};

/// Images from and to registries. Belongs to the io thread; transfers run on threads of their own.
class RegistryService {
public:
    /// What a pull (nothing) or a push gives.
    using Transferred = std::vector<image::PushedImage>;
    using Jobs = ProgressJobs<image::TransferProgress, Transferred>;

    /// @p images, @p content and @p events outlive the service. @p dial connects to hosts where
    /// the engine's own network is not the one to use.
    RegistryService(asio::any_io_executor executor, image::ImageStore& images,
        image::ContentStore& content, EventBus& events, image::RegistrySettings settings,
        image::Dial dial);

    /// Publishes the event `pull` when it succeeds.
    std::unique_ptr<Jobs::Job> startPull(PullRequest request);
    /// Pushes @p repository with @p tag, or with all tags where that is empty; publishes the event
    /// `push`. Errors: InvalidArgument; NotFound where there is no such image.
    Task<std::shared_ptr<Jobs::Job>> startPush(
        std::string repository, std::string tag, image::RegistryCredentials credentials);

    /// Tries the credentials; an identity token where the registry gives one.
    /// Errors: Unauthorized, Unavailable.
    Task<std::string> logIn(image::RegistryCredentials credentials);
    /// Docker Hub, or the registry that @p term begins with. Most stars first.
    Task<std::vector<SearchResult>> search(
        std::string term, std::size_t limit, image::RegistryCredentials credentials);
    Task<DistributionInfo> distribution(
        oci::Reference name, image::RegistryCredentials credentials);

private:
    Result<Transferred> pull(const PullRequest& request, const Jobs::Report& report,
        const std::atomic<bool>& isCancelled);
    Result<Transferred> push(const std::vector<image::StoredImage>& all,
        const std::vector<oci::Reference>& targets, const image::RegistryCredentials& credentials,
        const Jobs::Report& report, const std::atomic<bool>& isCancelled);
    void publish(const std::string& action, const oci::Reference& name);

    image::ImageStore& m_images;
    image::ContentStore& m_content;
    EventBus& m_events;
    image::RegistrySettings m_settings;
    image::HttpClient m_http;
    Jobs m_jobs;
};

} // namespace portlight::core
