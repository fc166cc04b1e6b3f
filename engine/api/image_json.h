#pragma once

#include "engine/api/http.h"
#include "engine/core/image_service.h"

#include <vector>

namespace portlight::api {

/// Engine API 1.50, ImageSummary; older versions get their further fields.
Json imageSummaryJson(const image::StoredImage& image, ApiVersion version, bool hasDigests);
/// Engine API 1.50, ImageInspect.
Json imageInspectJson(const image::StoredImage& image, ApiVersion version);
/// Engine API 1.50, ImageHistory: newest entry first.
Json imageHistoryJson(const image::StoredImage& image);
/// Engine API 1.50, ImageDeleteResponseItem list.
Json removalsJson(const std::vector<core::ImageRemoval>& removals);

} // namespace portlight::api
