#include "engine/core/archive_report_cache.h"

#include "engine/base/timestamps.h"

#include <algorithm>

namespace portlight::core {

namespace {

/// A file that was changed so recently may be changed again without its times showing it: the
/// kernel's clock for them ticks every few milliseconds.
constexpr std::int64_t kUnsureNs = 50'000'000;

std::string keyOf(const std::optional<oci::Platform>& platform)
{
    return platform ? oci::platformText(*platform) : std::string();
}

/// A delta archive is understood with what the store has, which may go.
bool needsTheStore(const image::ArchiveReport& report)
{
    return std::any_of(report.images.begin(), report.images.end(), [](const auto& image) {
        return std::any_of(image.layers.begin(), image.layers.end(),
            [](const auto& layer) { return layer.isLeftOut; });
    });
}

} // namespace

std::optional<image::ArchiveReport> ArchiveReportCache::find(
    const FileIdentity& file, const std::optional<oci::Platform>& platform)
{
    const std::lock_guard lock(m_mutex);
    const std::string key = keyOf(platform);
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
        [&](const Entry& entry) { return entry.file == file && entry.platform == key; });
    if (found == m_entries.end())
        return std::nullopt;
    m_entries.splice(m_entries.begin(), m_entries, found);
    return m_entries.front().report;
}

void ArchiveReportCache::keep(const FileIdentity& file,
    const std::optional<oci::Platform>& platform, const image::ArchiveReport& report)
{
    if (needsTheStore(report) || report.images.size() > kMaxImages
        || wallClockNs() - file.changedNs < kUnsureNs)
        return;
    const std::lock_guard lock(m_mutex);
    const std::string key = keyOf(platform);
    m_entries.remove_if(
        [&](const Entry& entry) { return entry.file == file && entry.platform == key; });
    m_entries.push_front({ file, key, report });
    if (m_entries.size() > kEntries)
        m_entries.pop_back();
}

} // namespace portlight::core
