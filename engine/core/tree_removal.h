#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>

namespace portlight::core {

/// Removes @p name in @p parent with all below it. Links are not followed and mounts not entered:
/// where one is inside, the removal stops there with Conflict. Blocking. Errors: NotFound,
/// Conflict, Forbidden.
Result<void> removeTreeAt(const Fd& parent, const std::string& name);

} // namespace portlight::core
