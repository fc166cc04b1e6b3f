#pragma once

#include "cli/json.h"
#include "cli/text/options.h"

#include <string>
#include <vector>

namespace portlight::cli {

/// The options that `create` and `run` share.
std::vector<Option> createOptions();

/// What they ask of POST /containers/create. Errors: InvalidArgument in docker's words.
Result<Json> createBody(const Options& options);

/// The limits that `update` takes as well.
std::vector<Option> resourceOptions();
/// The resources among them, as `update` takes them too: members of HostConfig.
Result<Json> resourcesOf(const Options& options);

/// "on-failure:3" as HostConfig.RestartPolicy.
Result<Json> restartPolicy(const std::string& text);

} // namespace portlight::cli
