#pragma once

#include "engine/image/registry_client.h"

#include <functional>
#include <string>

namespace portlight::image {

/// Fetches the blob @p wanted into a file of the directory @p downloadsDir and returns its path. A
/// connection that breaks is taken up again where it broke, several times; what came before a
/// failure stays in the directory, and the next call goes on from there. The file is hashed as it
/// grows. Two calls for one blob do not share a file. @p onBytes hears how much there is.
/// Errors: as RegistryClient::blob(); InvalidArgument for another digest or size (the file is then
/// removed).
Result<std::string> downloadBlob(RegistryClient& registry, const oci::Descriptor& wanted,
    const std::string& downloadsDir, const std::atomic<bool>* isCancelled,
    const std::function<void(std::int64_t bytes)>& onBytes);

/// Removes what lies in @p downloadsDir since more than a day, as nobody took it up again; a line
/// for each.
Result<std::vector<std::string>> collectDownloads(const std::string& downloadsDir);

} // namespace portlight::image
