#include "engine/image/pause.h"

#include <algorithm>
#include <thread>

namespace portlight::image {

Result<void> pauseFor(std::chrono::milliseconds time, const std::atomic<bool>* isCancelled)
{
    constexpr auto kStep = std::chrono::milliseconds(50);
    for (; time > std::chrono::milliseconds::zero(); time -= kStep) {
        if (isCancelled != nullptr && isCancelled->load())
            return makeError(Errc::Cancelled, "cancelled");
        std::this_thread::sleep_for(std::min(time, kStep));
    }
    return success();
}

} // namespace portlight::image
