#pragma once

#include "engine/base/json.h"
#include "engine/core/container_record.h"

#include <cstdint>
#include <optional>
#include <string>

namespace portlight::api {

/// An entry of GET /containers/json: Engine API 1.50, ContainerSummary. @p ownBytes is given where
/// the client asked for sizes; @p nowNs is the wall clock.
Json containerSummaryJson(
    const core::Container& container, std::int64_t nowNs, std::optional<std::int64_t> ownBytes);

/// GET /containers/{id}/json: ContainerInspectResponse. @p bundle as ContainerService::bundleOf().
Json containerInspectJson(const core::Container& container, const std::string& bundle,
    std::optional<std::int64_t> ownBytes);

/// "Up 3 minutes", "Exited (0) 2 hours ago", as docker words it.
std::string statusText(
    const core::ContainerState& state, std::int64_t nowNs, const core::Health* health = nullptr);

/// "Less than a second", "5 seconds", "About a minute", "3 hours", …
std::string durationText(std::int64_t seconds);

} // namespace portlight::api
