#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace portlight::core {

/// The number of "SIGTERM", "term", "15" or "SIGRTMIN+3". Errors: InvalidArgument, worded as docker
/// does ("Invalid signal: x"). signal(7).
Result<int> parseSignal(std::string_view text);

/// "SIGTERM"; the number where it has no name here.
std::string signalName(int number);

} // namespace portlight::core
