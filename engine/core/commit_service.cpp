#include "engine/core/commit_service.h"

#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/config_changes.h"
#include "engine/image/image_maker.h"
#include "engine/image/tree_tar.h"
#include "engine/runtime/mount_api.h"
#include "engine/runtime/shim_protocol.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>

#include <cerrno>

namespace portlight::core {

namespace {

// What of a container's configuration an image has: docker-image-spec spec.md, Container RunConfig.
constexpr const char* kImageKeys[] = { "User", "ExposedPorts", "Env", "Entrypoint", "Cmd",
    "Volumes", "WorkingDir", "Labels", "StopSignal", "Healthcheck", "Shell", "OnBuild" };

Json imageConfigOf(const Json& containerConfig)
{
    Json config = Json::object();
    for (const char* key : kImageKeys)
        if (const Json& value = jsonMember(containerConfig, key); !value.is_null()
            && !(value.is_string() && value.get_ref<const std::string&>().empty())
            && !(value.is_structured() && value.empty()))
            config[key] = value;
    return config;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Result<std::vector<std::string>> namesOf(const CommitRequest& request)
{
    std::vector<std::string> names;
    if (request.repository.empty())
        return names;
    PL_TRY(auto name, oci::Reference::parse(request.repository));
    if (!request.tag.empty()) {
        if (!oci::isValidTag(request.tag))
            return makeError(Errc::InvalidArgument, "invalid tag format");
        name = name.withTag(request.tag);
    }
    if (!name.digest().empty())
        return makeError(Errc::InvalidArgument, "refusing to create a tag with a digest reference");
    names.push_back(name.normalized());
    return names;
}

// Read-only and detached: nobody else sees it, and it goes with its descriptor.
Result<Fd> mountMerged(const std::string& bundle)
{
    PL_TRY(const auto text, readFile(bundle + "/launch.json"));
    PL_TRY(const auto json, parseJson(text));
    PL_TRY(const auto launch, runtime::launchOptionsFromJson(json));
    std::vector<Fd> held;
    std::vector<std::string> paths;
    std::vector<std::string> directories { bundle + "/upper" };
    directories.insert(directories.end(), launch.lowerDirs.begin(), launch.lowerDirs.end());
    if (launch.lowerDirs.empty()) // one directory alone is no overlay
        return openFile(directories.front(), O_RDONLY | O_DIRECTORY);
    for (const std::string& directory : directories) {
        PL_TRY(auto fd, openFile(directory, O_PATH | O_DIRECTORY));
        paths.push_back("/proc/self/fd/" + std::to_string(fd.get()));
        held.push_back(std::move(fd));
    }
    runtime::FsOptions options;
    for (const std::string& path : paths)
        options.emplace_back("lowerdir+", path);
    if (launch.useUserXattr)
        options.emplace_back("userxattr", "");
    auto made = runtime::makeMount("overlay", "overlay", options, MOUNT_ATTR_RDONLY);
    if (!made && made.error().sysErrno == EINVAL) { // before Linux 6.5
        std::string all;
        for (const std::string& path : paths)
            all += (all.empty() ? "" : ":") + path;
        options.clear();
        options.emplace_back("lowerdir", all);
        if (launch.useUserXattr)
            options.emplace_back("userxattr", "");
        made = runtime::makeMount("overlay", "overlay", options, MOUNT_ATTR_RDONLY);
    }
    if (!made)
        return withContext(made.error(), "show the container's file system");
    return openAt(made.value(), ".", O_RDONLY | O_DIRECTORY);
}

} // namespace

CommitService::CommitService(
    ContainerService& containers, image::ImageStore& images, image::ContentStore& content)
    : m_containers(containers)
    , m_images(images)
    , m_content(content)
{
}

Result<std::string> CommitService::make(const CommitRequest& request, const std::string& bundle,
    const std::string& imageId, Json config, const std::vector<std::string>& names,
    const std::string& createdBy)
{
    PL_TRY(const auto base, m_images.resolve(imageId));
    PL_TRY(const auto digest, Digest::parse(imageId));
    PL_TRY(const auto text, m_content.read(digest));
    PL_TRY(auto document, parseJson(text));
    const std::string now = formatTimestamp(wallClockNs());
    Json history { { "created", now }, { "created_by", createdBy } };
    if (!request.comment.empty())
        history["comment"] = request.comment;
    if (!request.author.empty()) {
        history["author"] = request.author;
        document["author"] = request.author;
    }
    if (!document["history"].is_array())
        document["history"] = Json::array();
    document["history"].push_back(std::move(history));
    document["created"] = now;
    document["config"] = std::move(config);
    for (const char* old : { "container", "container_config", "docker_version" })
        document.erase(old);
    PL_TRY(auto upper, openFile(bundle + "/upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    image::MadeImage made { base.layers, std::move(document), names };
    image::MadeLayer layer { image::treeTar(std::move(upper), { true }), false };
    return image::makeImage(m_images, m_content, std::move(made), std::move(layer), nullptr);
}

Task<std::string> CommitService::commit(CommitRequest request)
{
    PL_CO_TRY(const auto container, m_containers.find(request.container));
    PL_CO_TRY(auto names, namesOf(request));
    const Json own = imageConfigOf(toInspectJson(container->config));
    Json config = own;
    if (request.config.is_object()) {
        config = imageConfigOf(request.config);
        for (const auto& [key, value] : own.items()) // what the request leaves out
            if (!config.contains(key))
                config[key] = value;
    }
    PL_CO_TRY(applyChanges(config, request.changes));
    bool isPausing = request.doesPause && container->state.status == RunStatus::Running;
    if (isPausing) {
        const auto paused = co_await m_containers.pause(container->id);
        // Where this host cannot pause, the container is taken as it runs.
        isPausing = paused.has_value();
        if (!paused && paused.error().code != Errc::Unavailable)
            co_return paused.error();
    }
    auto work = [this, request, bundle = m_containers.bundleOf(*container),
                    imageId = container->imageId, config, names,
                    createdBy = joined(container->config.cmd)] {
        return make(request, bundle, imageId, config, names, createdBy);
    };
    auto made = co_await offload(m_containers.parts().pool, std::move(work));
    if (isPausing) {
        const auto resumed = co_await m_containers.unpause(container->id);
        if (!resumed && made)
            co_return resumed.error();
    }
    if (made) {
        const std::string reference =
            names.empty() ? std::string() : image::ImageStore::familiarName(names.front());
        std::map<std::string, std::string> more { { "comment", request.comment },
            { "imageID", made.value() }, { "imageRef", reference } };
        m_containers.publish(*container, "commit", std::move(more));
    }
    co_return made;
}

Task<std::shared_ptr<image::ByteSource>> CommitService::exportTree(std::string reference)
{
    PL_CO_TRY(const auto container, m_containers.find(reference));
    auto work = [bundle = m_containers.bundleOf(
                     *container)]() -> Result<std::shared_ptr<image::ByteSource>> {
        PL_TRY(auto root, mountMerged(bundle));
        return std::shared_ptr<image::ByteSource>(image::treeTar(std::move(root), {}));
    };
    auto source = co_await offload(m_containers.parts().pool, std::move(work));
    if (source)
        m_containers.publish(*container, "export");
    co_return source;
}

} // namespace portlight::core
