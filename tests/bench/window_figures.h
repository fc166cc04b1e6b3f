#pragma once

#include "tests/bench/measures.h"

namespace portlight::bench {

/// What the window of this build costs against the engine of @p subject, with @p containers
/// listed (made for it, a fifth of them running, and removed again): a line each for the first
/// frame after the start of the process, the answer of the engine and the whole list, over @p runs
/// starts after one that does not count; then memory some seconds after the last start. On $DISPLAY
/// where that is set, else offscreen.
void reportWindow(const Subject& subject, int containers, int runs);

} // namespace portlight::bench
