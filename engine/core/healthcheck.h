#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/core/container_config.h"
#include "engine/oci/image_config.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// A container's health check as it is asked for: docker-image-spec spec.md, Healthcheck; Engine
/// API 1.50, HealthConfig.
namespace portlight::core {

/// Checks what a create request says. Errors: InvalidArgument, docker's texts.
Result<void> checkHealthcheck(const Json& healthcheck);

/// What @p asked leaves out is taken from the image's; null where there is no check at all.
Json mergedHealthcheck(
    const std::optional<Json>& asked, const std::optional<oci::Healthcheck>& image);

/// The check to run, docker's defaults filled in; nullopt where there is none or it is "NONE".
std::optional<oci::Healthcheck> effectiveHealthcheck(const ContainerConfig& config);

/// The words to execute for @p check.
std::vector<std::string> probeCommand(const ContainerConfig& config, const oci::Healthcheck& check);

/// "30s", "1.5s", "300ms" as Go prints a duration of that length.
std::string durationOf(std::chrono::nanoseconds duration);

} // namespace portlight::core
