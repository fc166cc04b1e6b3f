#pragma once

#include "engine/base/json.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Paths of /proc and /sys that a container must not see (notes: SEC-21).
const std::vector<std::string>& defaultMaskedPaths();
/// Paths of /proc that a container must not write.
const std::vector<std::string>& defaultReadonlyPaths();
/// The 14 capabilities of an ordinary container (mask a80425fb), spelt CAP_….
const std::vector<std::string>& defaultCapabilities();
/// All capabilities this build knows, by number.
const std::vector<std::string>& allCapabilities();

} // namespace portlight::core
