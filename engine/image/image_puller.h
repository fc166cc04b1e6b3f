#pragma once

#include "engine/image/registry_client.h"
#include "engine/image/transfer_progress.h"
#include "engine/oci/platform.h"

#include <optional>
#include <string>
#include <vector>

namespace portlight::image {

class ContentStore;
class ImageStore;

struct PullOptions {
    std::optional<oci::Platform> platform; ///< this machine's otherwise
    RegistryCredentials credentials;
    TransferReport onProgress;
    const std::atomic<bool>* isCancelled = nullptr;
};

struct PulledImage {
    std::string id;
    std::string name; ///< familiar: "nginx:latest"
    bool wasUpToDate = false;
    std::vector<std::string> notes; ///< what was left out of its layers and why
};

/// Pulls @p wanted (by tag or digest) and names it so; layers come and are unpacked in parallel,
/// every byte is checked against its digest, and what is here already is not fetched. Blobs are
/// kept as they come. Blocking; what was downloaded before a failure helps the next attempt.
/// Errors: as RegistryClient, downloadBlob(), unpackLayer(), and NotFound where there is no image
/// for the platform.
Result<PulledImage> pullImage(ImageStore& images, ContentStore& content, HttpClient& http,
    const RegistrySettings& settings, const oci::Reference& wanted, const PullOptions& options);

/// The manifest of @p index that runs best on @p platform. Errors: NotFound naming what there is.
Result<oci::Descriptor> chooseManifest(
    const std::vector<oci::Descriptor>& manifests, const oci::Platform& platform);

} // namespace portlight::image
