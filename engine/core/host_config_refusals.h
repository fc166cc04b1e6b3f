#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Refuses the fields of HostConfig that this engine does not honour where they ask for something,
/// and warns of those it can do without. Errors: NotImplemented naming the field.
Result<void> refuseUnsupported(const Json& host, std::vector<std::string>& warnings);

} // namespace portlight::core
