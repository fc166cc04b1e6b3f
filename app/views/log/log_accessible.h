#pragma once

namespace portlight::views {

/// Lets screen readers read what a LogView shows; call once at start.
void installLogAccessibility();

} // namespace portlight::views
