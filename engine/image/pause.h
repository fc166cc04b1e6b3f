#pragma once

#include "engine/base/result.h"

#include <atomic>
#include <chrono>

namespace portlight::image {

/// Waits @p time before something is tried again; for worker threads. Looks every 50 ms whether
/// @p isCancelled (may be null) has been set. Errors: Cancelled.
Result<void> pauseFor(std::chrono::milliseconds time, const std::atomic<bool>* isCancelled);

} // namespace portlight::image
