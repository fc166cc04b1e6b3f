#pragma once

#include "engine/image/archive_inspector.h"
#include "engine/oci/platform.h"

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>

namespace portlight::core {

/// Which file, in which state: equal as long as nobody has written to it. Taken from fstat(2).
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    std::int64_t sizeBytes = 0;
    std::int64_t modifiedNs = 0;
    std::int64_t changedNs = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// What archives were found to hold, so that looking at a large one again does not read it again.
/// What of it the store has is not remembered: see image::markPresent(). Thread-safe.
class ArchiveReportCache {
public:
    std::optional<image::ArchiveReport> find(
        const FileIdentity& file, const std::optional<oci::Platform>& platform);
    /// The least recently used goes for it.
    void keep(const FileIdentity& file, const std::optional<oci::Platform>& platform,
        const image::ArchiveReport& report);

private:
    struct Entry {
        FileIdentity file;
        std::string platform;
        image::ArchiveReport report;
    };
    static constexpr std::size_t kEntries = 16;
    static constexpr std::size_t kMaxImages = 1'000; ///< of one report: more is not kept

    std::mutex m_mutex;
    std::list<Entry> m_entries; ///< most recently used first
};

} // namespace portlight::core
