#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace portlight::core {

/// What one container used in one span of time. NaN: not measured.
struct MetricsPoint {
    enum Field {
        CpuPercent, ///< mean; 100 = one core
        CpuPeakPercent, ///< the span's largest second
        MemoryBytes, ///< mean, without page cache that the kernel can take back at once
        MemoryPeakBytes,
        ReceivedPerSecond, ///< bytes
        SentPerSecond,
        ReadPerSecond, ///< bytes from block devices
        WrittenPerSecond,
        Pids,
        CpuPressure, ///< percent of the time in which some process waited (PSI "some")
        MemoryPressure,
        IoPressure,
        FieldCount
    };
    std::int64_t timeSeconds = 0; ///< begin of the span, wall clock
    std::array<float, FieldCount> values {};
};

/// Mean of each field over @p points that measured it, the largest for the peaks.
MetricsPoint merged(const std::vector<MetricsPoint>& points, std::int64_t timeSeconds);

/// The figures of one container on disk: three rings of fixed size in one sparse file, 1 s for an
/// hour, 10 s for a day, 1 min for 30 days. A point's place follows from its time, so writing one
/// is a write at a known offset, and a slot that was overwritten or torn is known by its time and
/// checksum: killed at any moment, the file holds what was written so far. Blocking.
class MetricsRing {
public:
    struct Tier {
        std::int64_t stepSeconds;
        std::int64_t slots;
        std::int64_t reach() const { return stepSeconds * slots; }
    };
    static constexpr std::array<Tier, 3> kTiers { Tier { 1, 3600 }, Tier { 10, 8640 },
        Tier { 60, 43200 } };

    /// Opens or makes @p path. Errors: Internal and others from the file system; InvalidArgument
    /// where another version wrote it.
    static Result<MetricsRing> open(const std::string& path);
    /// As open, but to read what is there. Errors: NotFound.
    static Result<MetricsRing> openExisting(const std::string& path);

    /// Takes the figures of one second and brings the two coarser rings up to date with it.
    Result<void> write(const MetricsPoint& second);
    /// Points of kTiers[@p tier] with from <= time < to, oldest first.
    Result<std::vector<MetricsPoint>> read(
        std::size_t tier, std::int64_t fromSeconds, std::int64_t toSeconds) const;
    /// Free text that is kept with the figures (what the container was), at most 4000 bytes.
    Result<void> writeLabel(const std::string& text);
    Result<std::string> readLabel() const;

private:
    explicit MetricsRing(Fd file)
        : m_file(std::move(file))
    {
    }
    Result<void> check();
    Result<void> writeSlot(std::size_t tier, const MetricsPoint& point);

    Fd m_file;
};

} // namespace portlight::core
