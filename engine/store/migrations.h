#pragma once

#include <span>
#include <string_view>

namespace portlight::store {

/// The schema's steps in order; step N leads to PRAGMA user_version N+1. A step that was released
/// never changes: add another.
std::span<const std::string_view> migrations();

} // namespace portlight::store
