#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <cstdint>

namespace portlight::core {

/// Walks a log file backwards, record by record, from its end: every record's length stands at both
/// of its ends (runtime/log_format.h), so nothing else is read. Blocking.
class LogTail {
public:
    /// What the walk needs to know of a record.
    struct Head {
        std::int64_t timeNs = 0;
        std::uint8_t stream = 1;
        bool isPartial = false;
    };

    /// @p fd stays the caller's and must outlive this.
    explicit LogTail(const Fd& fd);

    /// False at the beginning of the file. Errors: InvalidArgument where no whole record ends here
    /// (a torn end: walk forward instead).
    Result<bool> stepBack();
    const Head& head() const noexcept { return m_head; }
    /// Where the record of head() begins; the end of the file before the first step.
    std::int64_t offset() const noexcept { return m_offset; }

private:
    const Fd& m_fd;
    std::int64_t m_offset = 0;
    Head m_head;
};

} // namespace portlight::core
