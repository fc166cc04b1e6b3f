#include "engine/core/metrics_ring.h"

#include "engine/base/syscalls.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

constexpr std::uint32_t kMagic = 0x314d4c50; // "PLM1"
constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kLabelAt = 8;

// As it lies in the file; the host's byte order, since the file never leaves it.
struct Slot {
    std::uint32_t checksum = 0;
    std::uint32_t timeSeconds = 0; ///< 0: never written
    std::array<float, MetricsPoint::FieldCount> values {};
};
static_assert(sizeof(Slot) == 56);

struct Header {
    std::uint32_t magic = 0;
    std::uint32_t labelBytes = 0;
};

/// FNV-1a: it tells a torn slot, not a forged one.
std::uint32_t checksumOf(const Slot& slot)
{
    unsigned char bytes[sizeof slot];
    std::memcpy(bytes, &slot, sizeof slot);
    std::uint32_t hash = 2166136261U;
    for (std::size_t at = sizeof slot.checksum; at < sizeof slot; ++at)
        hash = (hash ^ bytes[at]) * 16777619U;
    return hash;
}

std::int64_t tierStart(std::size_t tier)
{
    std::int64_t slots = 0;
    for (std::size_t before = 0; before < tier; ++before)
        slots += MetricsRing::kTiers[before].slots;
    return static_cast<std::int64_t>(kHeaderBytes)
        + slots * static_cast<std::int64_t>(sizeof(Slot));
}

Result<void> writeAt(const Fd& file, const void* bytes, std::size_t size, std::int64_t offset)
{
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
        const ssize_t written = ::pwrite(file.get(), at, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errnoError(errno, "write recorded figures");
        at += written;
        offset += written;
        size -= static_cast<std::size_t>(written);
    }
    return success();
}

/// Less than @p size where the file ends.
Result<std::size_t> readAt(const Fd& file, void* bytes, std::size_t size, std::int64_t offset)
{
    auto* at = static_cast<char*>(bytes);
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got =
            ::pread(file.get(), at + done, size - done, offset + static_cast<std::int64_t>(done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errnoError(errno, "read recorded figures");
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

bool isPeak(std::size_t field)
{
    return field == MetricsPoint::CpuPeakPercent || field == MetricsPoint::MemoryPeakBytes;
}

} // namespace

MetricsPoint merged(const std::vector<MetricsPoint>& points, std::int64_t timeSeconds)
{
    MetricsPoint whole;
    whole.timeSeconds = timeSeconds;
    for (std::size_t field = 0; field < MetricsPoint::FieldCount; ++field) {
        double sum = 0;
        double largest = 0;
        int count = 0;
        for (const MetricsPoint& point : points) {
            const double value = point.values[field];
            if (std::isnan(value))
                continue;
            largest = count == 0 ? value : std::max(largest, value);
            sum += value;
            ++count;
        }
        whole.values[field] = count == 0
            ? std::numeric_limits<float>::quiet_NaN()
            : static_cast<float>(isPeak(field) ? largest : sum / count);
    }
    return whole;
}

Result<MetricsRing> MetricsRing::open(const std::string& path)
{
    PL_TRY(auto file, openFile(path, O_RDWR | O_CREAT, 0600));
    MetricsRing ring(std::move(file));
    PL_TRY(ring.check());
    return ring;
}

Result<MetricsRing> MetricsRing::openExisting(const std::string& path)
{
    PL_TRY(auto file, openFile(path, O_RDONLY));
    MetricsRing ring(std::move(file));
    PL_TRY(ring.readLabel());
    return ring;
}

/// Writes the header of a new file; one that a crash left empty is new.
Result<void> MetricsRing::check()
{
    Header header;
    PL_TRY(const auto got, readAt(m_file, &header, sizeof header, 0));
    if (got == sizeof header && header.magic == kMagic)
        return success();
    if (got == sizeof header && header.magic != 0)
        return makeError(Errc::InvalidArgument, "recorded figures: not written by this version");
    header = { kMagic, 0 };
    return writeAt(m_file, &header, sizeof header, 0);
}

Result<void> MetricsRing::writeLabel(const std::string& text)
{
    const std::string kept = text.substr(0, kHeaderBytes - kLabelAt);
    PL_TRY(writeAt(m_file, kept.data(), kept.size(), kLabelAt));
    const Header header { kMagic, static_cast<std::uint32_t>(kept.size()) };
    return writeAt(m_file, &header, sizeof header, 0);
}

Result<std::string> MetricsRing::readLabel() const
{
    Header header;
    PL_TRY(const auto got, readAt(m_file, &header, sizeof header, 0));
    if (got != sizeof header || header.magic != kMagic
        || header.labelBytes > kHeaderBytes - kLabelAt)
        return makeError(Errc::InvalidArgument, "recorded figures: not written by this version");
    std::string label(header.labelBytes, '\0');
    PL_TRY(const auto size, readAt(m_file, label.data(), label.size(), kLabelAt));
    label.resize(size);
    return label;
}

Result<void> MetricsRing::writeSlot(std::size_t tier, const MetricsPoint& point)
{
    Slot slot;
    slot.timeSeconds = static_cast<std::uint32_t>(point.timeSeconds);
    slot.values = point.values;
    slot.checksum = checksumOf(slot);
    const std::int64_t index = point.timeSeconds / kTiers[tier].stepSeconds % kTiers[tier].slots;
    return writeAt(m_file, &slot, sizeof slot,
        tierStart(tier) + index * static_cast<std::int64_t>(sizeof slot));
}

Result<void> MetricsRing::write(const MetricsPoint& second)
{
    PL_TRY(writeSlot(0, second));
    for (std::size_t tier = 1; tier < kTiers.size(); ++tier) {
        const std::int64_t step = kTiers[tier].stepSeconds;
        const std::int64_t begin = second.timeSeconds / step * step;
        PL_TRY(const auto parts, read(tier - 1, begin, begin + step));
        PL_TRY(writeSlot(tier, merged(parts, begin)));
    }
    return success();
}

Result<std::vector<MetricsPoint>> MetricsRing::read(
    std::size_t tier, std::int64_t fromSeconds, std::int64_t toSeconds) const
{
    const Tier& ring = kTiers[tier];
    std::int64_t at = std::max<std::int64_t>(fromSeconds, 1);
    at = (at + ring.stepSeconds - 1) / ring.stepSeconds; // in steps
    const std::int64_t end = (toSeconds + ring.stepSeconds - 1) / ring.stepSeconds;
    at = std::max(at, end - ring.slots);
    std::vector<MetricsPoint> points;
    std::vector<Slot> slots;
    while (at < end) {
        const std::int64_t first = at % ring.slots;
        const std::int64_t count = std::min(end - at, ring.slots - first);
        slots.assign(static_cast<std::size_t>(count), Slot());
        PL_TRY(const auto got,
            readAt(m_file, slots.data(), slots.size() * sizeof(Slot),
                tierStart(tier) + first * static_cast<std::int64_t>(sizeof(Slot))));
        for (std::size_t index = 0; index < got / sizeof(Slot); ++index) {
            const Slot& slot = slots[index];
            const std::int64_t expected =
                (at + static_cast<std::int64_t>(index)) * ring.stepSeconds;
            if (slot.timeSeconds == expected && slot.checksum == checksumOf(slot))
                points.push_back({ expected, slot.values });
        }
        at += count;
    }
    return points;
}

} // namespace portlight::core
