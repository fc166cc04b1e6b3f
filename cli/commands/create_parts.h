#pragma once

#include "cli/json.h"
#include "cli/text/options.h"

/// Pieces of createBody(), each for the options of one area. Errors: InvalidArgument in docker's
/// words.
namespace portlight::cli {

/// Environment of --env-file and --env: "NAME" alone takes our own value, and is left out where we
/// have none.
Result<Json> environmentOf(
    const Options& options, const std::string& fileOption, const std::string& wordOption);
/// ExposedPorts and PortBindings of --expose and --publish: "[IP:][HOST[-END]:]PORT[-END][/PROTO]".
Result<void> putPorts(const Options& options, Json& body);
/// HostConfig.NetworkMode and NetworkingConfig.
Result<void> putNetworks(const Options& options, Json& body);
/// Binds, anonymous volumes, mounts, tmpfs.
Result<void> putFiles(const Options& options, Json& body);
Result<void> putHealth(const Options& options, Json& body);
Result<void> putDevices(const Options& options, Json& host);
Result<void> putIsolation(const Options& options, Json& host);

} // namespace portlight::cli
