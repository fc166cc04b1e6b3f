#pragma once

#include "engine/oci/runtime_config.h"

/// The `linux` section of config.json (config-linux.md); used by runtime_config.cpp alone.
namespace portlight::oci {

Result<LinuxConfig> linuxConfigFromJson(const Json& json);
Result<IdMapping> idMappingFromJson(const Json& json);

} // namespace portlight::oci
