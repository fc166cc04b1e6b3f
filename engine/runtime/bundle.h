#pragma once

#include "engine/oci/runtime_config.h"
#include "engine/runtime/shim_protocol.h"

#include <string>

namespace portlight::runtime {

/// A bundle directory as it was read once (runtime-spec bundle.md).
struct Bundle {
    std::string path; ///< absolute
    oci::RuntimeConfig config;
    LaunchOptions launch;

    const oci::LinuxConfig& linuxConfig() const noexcept { return config.linuxConfig; }
};

/// Reads config.json and, where it is there, launch.json. Errors: NotFound, InvalidArgument naming
/// file and field.
Result<Bundle> loadBundle(const std::string& path);

} // namespace portlight::runtime
