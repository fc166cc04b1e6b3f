#pragma once

#include "cli/client/engine.h"

#include <string>

namespace portlight::cli {

/// Lines of progress (pull, push, load, import, build) as they come: on a terminal each layer keeps
/// its line, elsewhere only what changes the state is printed. @p descriptor: where to, -1 for
/// nowhere. Returns the last "aux" object or null. Errors: what the engine reports in the stream.
Result<Json> showProgress(Connection& connection, int descriptor);

/// POST /images/create with the login that is kept for the registry; shown on @p descriptor.
Result<void> pullImage(
    Engine& engine, const std::string& reference, const std::string& platform, int descriptor);

/// The X-Registry-Auth header for a reference's registry, from docker's config.json; empty without.
std::string registryAuth(const std::string& reference);
/// The registry that a reference names: "docker.io" where it names none.
std::string registryOf(const std::string& reference);
/// $DOCKER_CONFIG/config.json or ~/.docker/config.json.
std::string clientConfigPath();
/// "busybox" as "busybox:latest"; digests and ids stay.
std::string withTag(const std::string& reference);

} // namespace portlight::cli
