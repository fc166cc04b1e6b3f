#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace portlight::core {

/// The root directory of what @p lowerDirs (topmost first) make together, read-only, mounted for
/// nobody but the holder of the descriptor. Blocking. Errors as mount(2).
Result<Fd> openImageView(const std::vector<std::string>& lowerDirs, bool usesUserXattr);

} // namespace portlight::core
