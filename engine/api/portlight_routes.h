#pragma once

#include "engine/api/router.h"
#include "engine/core/system_service.h"

namespace portlight::api {

/// GET /portlight/v1/host: what this host can give, each lack with cause and fix. The features are
/// `{key, group, available, detail}` or, where not available, `{key, group, available, cause,
/// fix}`.
void addHostRoute(Router& router, core::SystemService& system);

} // namespace portlight::api
