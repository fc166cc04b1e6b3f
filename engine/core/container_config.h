#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/core/host_config.h"
#include "engine/oci/image_config.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace portlight::core {

/// What a container runs: Engine API 1.50, ContainerConfig, after the image's defaults were merged
/// in.
struct ContainerConfig {
    std::string image; ///< the reference as the client wrote it
    std::string hostname;
    std::string domainname;
    std::string user; ///< "", "name", "uid:gid", …
    std::vector<std::string> env; ///< "NAME=value"
    std::vector<std::string> cmd;
    std::optional<std::vector<std::string>> entrypoint; ///< nullopt: take the image's
    std::string workingDir;
    std::map<std::string, std::string> labels;
    std::vector<std::string> exposedPorts; ///< "80/tcp"
    std::vector<std::string> volumes; ///< paths the image or client calls volumes
    bool hasTty = false;
    bool opensStdin = false;
    bool closesStdinOnce = false;
    bool attachesStdin = false;
    bool attachesStdout = false;
    bool attachesStderr = false;
    std::string stopSignal; ///< empty: SIGTERM
    std::optional<std::int64_t> stopTimeoutSeconds;
    std::optional<Json> healthcheck; ///< HealthConfig; the image's is merged in
    std::vector<std::string> shell; ///< of a CMD-SHELL health check; empty: /bin/sh -c
    HostConfig host;
    EndpointRequests networks; ///< by network; the one of host.networkMode may be missing

    /// Entrypoint and command as one argument vector.
    std::vector<std::string> arguments() const;
};

/// Reads the body of POST /containers/create. Errors: as hostConfigFromJson.
Result<ContainerConfig> containerConfigFromJson(
    const Json& json, int hostCpuCount, std::vector<std::string>& warnings);

/// Fills in what the request leaves to the image, as docker merges them. Errors: InvalidArgument
/// "no command specified" where neither names one.
Result<void> mergeImageConfig(ContainerConfig& config, const oci::ImageRunConfig& image);

/// The `Config` object of inspect.
Json toInspectJson(const ContainerConfig& config);
/// A create request that containerConfigFromJson reads back; for the database.
Json toCreateJson(const ContainerConfig& config);

} // namespace portlight::core
