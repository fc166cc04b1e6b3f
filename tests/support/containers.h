#pragma once

#include "engine/base/result.h"
#include "tests/support/api.h"
#include "tests/support/test_image.h"

#include <string>
#include <vector>

/// The steps that nearly every flow takes, as calls of the Engine API. Errors carry the status and
/// the engine's text.
namespace portlight::test {

/// Loads the payload image under @p reference (through a file below @p directory); returns its id.
Result<std::string> loadPayload(
    const Api& api, const std::string& directory, const std::string& reference);
/// POST /images/load of an archive; the lines of progress that it answered.
Result<std::vector<Json>> loadArchive(const Api& api, const std::string& path);

/// POST /containers/create; @p settings is merged into {Image, Cmd}. Returns the id.
Result<std::string> createContainer(const Api& api, const std::string& image,
    const std::vector<std::string>& words, const Json& settings = Json::object(),
    const std::string& name = {});
Result<void> startContainer(const Api& api, const std::string& id);
/// Returns its exit code once it is not running.
Result<int> waitForExit(const Api& api, const std::string& id);
/// Everything it wrote so far; @p query is added to stdout=1&stderr=1.
Result<Output> logsOf(const Api& api, const std::string& id, const std::string& query = {});
/// DELETE with force.
Result<void> removeContainer(const Api& api, const std::string& id);

struct Finished {
    int exitCode = -1;
    Output output {};
};
/// Create, start, wait, logs, remove.
Result<Finished> runToEnd(const Api& api, const std::string& image,
    const std::vector<std::string>& words, const Json& settings = Json::object());

} // namespace portlight::test
