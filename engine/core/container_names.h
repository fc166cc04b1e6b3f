#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::core {

/// A name for a container that was given none: "quiet_beacon". @p attempt over 0 appends a digit,
/// so that a few tries always find a free one.
std::string randomContainerName(int attempt);

/// Names start with a letter or digit and go on with letters, digits, '_', '.', '-'; a leading '/'
/// is taken off. Errors: InvalidArgument, worded as docker does.
Result<std::string> checkedContainerName(std::string_view name);

} // namespace portlight::core
