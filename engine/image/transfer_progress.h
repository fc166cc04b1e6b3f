#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace portlight::image {

/// What happens to a part of a pull or push, in the order in which it may.
enum class TransferStep {
    // pull, by blob digest
    Begun, ///< id: the tag; text: the repository's path
    LayerFound,
    LayerExists,
    Downloading,
    Verifying,
    Downloaded,
    Extracting,
    Pulled,
    // push, by diff id
    PushBegun, ///< text: the repository
    Preparing,
    Pushing,
    PushedBefore, ///< the registry had it
    Mounted, ///< text: the repository that it came from
    Pushed,
    // the end
    Digest, ///< text: of the manifest
    Status, ///< text: for people, whole
};

struct TransferProgress {
    TransferStep step = TransferStep::Status;
    std::string id; ///< digest of a layer or tag
    std::string text;
    std::int64_t currentBytes = 0;
    std::int64_t totalBytes = 0;
};

/// Called from several threads, one at a time.
using TransferReport = std::function<void(const TransferProgress&)>;

} // namespace portlight::image
