#pragma once

#include "engine/base/result.h"

#include <chrono>
#include <cstdint>
#include <sys/types.h>

namespace portlight::bench {

struct MemoryFigures {
    std::int64_t residentKib = 0; ///< VmRSS
    std::int64_t proportionalKib = 0; ///< Pss: shared pages counted by share
};
/// /proc/PID/smaps_rollup. Errors: NotFound for a process that is gone.
Result<MemoryFigures> memoryOf(pid_t pid);

/// How often the threads of @p pid went to sleep by themselves during @p span: each time is a
/// wake-up. Errors: NotFound for a process that ends meanwhile.
Result<std::int64_t> wakeUpsOf(pid_t pid, std::chrono::milliseconds span);

} // namespace portlight::bench
