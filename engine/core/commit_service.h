#pragma once

#include "engine/core/container_service.h"
#include "engine/image/byte_source.h"
#include "engine/image/content_store.h"
#include "engine/image/image_store.h"

#include <memory>
#include <string>
#include <vector>

namespace portlight::core {

struct CommitRequest {
    std::string container;
    std::string repository; ///< may be empty: an image without a name
    std::string tag;
    std::string comment;
    std::string author;
    bool doesPause = true;
    std::vector<std::string> changes; ///< Dockerfile instructions
    Json config; ///< null, or run configuration in place of the container's
};

/// Images and archives made of containers. Belongs to the io thread.
class CommitService {
public:
    /// All outlive the service.
    CommitService(
        ContainerService& containers, image::ImageStore& images, image::ContentStore& content);

    /// A new image of the container's own layer above its image; returns its id. A running
    /// container is paused meanwhile, if asked for. Publishes the event `commit`.
    /// Errors: NotFound; InvalidArgument for a bad name or change.
    Task<std::string> commit(CommitRequest request);
    /// The container's whole file system as a tar, without what is mounted into it. To be read on a
    /// worker. Publishes the event `export`. Errors: NotFound.
    Task<std::shared_ptr<image::ByteSource>> exportTree(std::string reference);

private:
    Result<std::string> make(const CommitRequest& request, const std::string& bundle,
        const std::string& imageId, Json config, const std::vector<std::string>& names,
        const std::string& createdBy);

    ContainerService& m_containers;
    image::ImageStore& m_images;
    image::ContentStore& m_content;
};

} // namespace portlight::core
