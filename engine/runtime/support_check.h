#pragma once

#include "engine/base/result.h"
#include "engine/oci/runtime_config.h"

namespace portlight::runtime {

/// Refuses what config.json may ask for and this runtime or this host cannot give, before anything
/// is made: nothing that was asked for is left out in silence. Errors: NotImplemented, Unavailable
/// or InvalidArgument naming the field.
Result<void> checkSupported(const oci::RuntimeConfig& config);

} // namespace portlight::runtime
