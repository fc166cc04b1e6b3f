#pragma once

#include "engine/base/json.h"
#include "engine/core/system_service.h"

namespace portlight::api {

/// Engine API 1.50, SystemVersion, with the components that the docker command lists.
Json versionJson(const core::SystemService& system);

/// Engine API 1.50, SystemInfo; its warnings say what this host lacks.
Json infoJson(const core::SystemService& system, const core::ObjectCounts& counts);

/// Go's name of this machine's architecture ("amd64").
std::string goArchitecture();

} // namespace portlight::api
