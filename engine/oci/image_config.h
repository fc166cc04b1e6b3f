#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace portlight::oci {

/// Docker's health check of an image or a container (docker-image-spec spec.md, Healthcheck).
struct Healthcheck {
    std::vector<std::string> test; ///< {"NONE"}, {"CMD", …} or {"CMD-SHELL", line}
    std::int64_t intervalNs = 0;
    std::int64_t timeoutNs = 0;
    std::int64_t startPeriodNs = 0;
    std::int64_t startIntervalNs = 0;
    int retries = 0;
};

/// What a container of an image runs by default: image-spec config.md, `config`, with Docker's
/// additions.
struct ImageRunConfig {
    std::string user;
    std::vector<std::string> exposedPorts; ///< "80/tcp"
    std::vector<std::string> env; ///< "NAME=value"
    std::vector<std::string> entrypoint;
    std::vector<std::string> cmd;
    std::vector<std::string> volumes; ///< paths
    std::string workingDir;
    std::map<std::string, std::string> labels;
    std::string stopSignal;
    std::optional<Healthcheck> healthcheck;
    std::vector<std::string> shell;
    std::vector<std::string> onBuild;
};

struct HistoryEntry {
    std::string created; ///< RFC 3339 or empty
    std::string createdBy;
    std::string author;
    std::string comment;
    bool isEmptyLayer = false;
};

/// image-spec config.md. The bytes it came from are kept in the content store: this is a view.
struct ImageConfig {
    std::string created; ///< RFC 3339 or empty
    std::string author;
    std::string architecture;
    std::string variant;
    std::string os;
    std::string osVersion;
    ImageRunConfig run;
    std::vector<std::string> diffIds; ///< checked digests, base layer first
    std::vector<HistoryEntry> history;
    Json raw; ///< `config` as it stands in the image, for inspect
};

/// Errors: InvalidArgument naming the field; a missing rootfs.diff_ids is one.
Result<ImageConfig> imageConfigFromJson(const Json& json);

} // namespace portlight::oci
