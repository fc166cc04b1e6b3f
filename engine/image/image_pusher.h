#pragma once

#include "engine/image/image_store.h"
#include "engine/image/registry_client.h"
#include "engine/image/transfer_progress.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::image {

struct PushOptions {
    RegistryCredentials credentials;
    TransferReport onProgress;
    const std::atomic<bool>* isCancelled = nullptr;
    /// Blob digest to repository paths of the same registry that have it.
    std::map<std::string, std::vector<std::string>> mountSources;
};

struct PushedImage {
    std::string tag;
    std::string digest; ///< of the manifest
    std::int64_t sizeBytes = 0; ///< of the manifest
};

/// Pushes @p image as @p target (which has a tag): blobs that the registry lacks, mounted from
/// another repository where it has them there, in parallel; the manifest last. Bytes go as they are
/// stored, so the digest stays. Blocking. Errors: as RegistryClient.
Result<PushedImage> pushImage(ContentStore& content, HttpClient& http,
    const RegistrySettings& settings, const StoredImage& image, const oci::Reference& target,
    const PushOptions& options);

} // namespace portlight::image
