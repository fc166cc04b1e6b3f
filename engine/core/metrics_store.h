#pragma once

#include "engine/core/event_journal.h"
#include "engine/core/metrics_ring.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace portlight::core {

/// A container that figures were recorded of; it may be gone.
struct RecordedContainer {
    std::string id;
    std::string name;
    std::string image;
    std::int64_t firstSeconds = 0; ///< when its recording began
    std::int64_t lastSeconds = 0; ///< of the newest figures
};

/// Asked of the recorder: spans [from, to) in seconds since the epoch.
struct HistoryRange {
    std::int64_t fromSeconds = 0;
    std::int64_t toSeconds = 0;
    std::int64_t stepSeconds = 1;
};

/// The recorder's directory: a ring file per container, `<id>.ring`, and the events. What is older
/// than 30 days goes, and the oldest gone containers' files where all take more than the limit.
/// Any thread; blocking.
class MetricsStore {
public:
    static constexpr std::int64_t kDefaultMostBytes = 512LL << 20U;

    /// Makes @p directory. Errors from the file system.
    static Result<std::unique_ptr<MetricsStore>> open(
        std::string directory, std::int64_t mostBytes = kDefaultMostBytes);

    /// Figures of one second of @p containers. What cannot be written is left out; the first error
    /// is returned.
    Result<void> write(const std::vector<std::pair<RecordedContainer, MetricsPoint>>& containers);
    /// Closes the files of containers that are not in @p running.
    void closeOthers(const std::map<std::string, bool>& running);
    /// The range with the step that is really had: at least the one asked for, a multiple of the
    /// ring's step which reaches back to its begin at @p nowSeconds.
    static HistoryRange fitted(HistoryRange wanted, std::int64_t nowSeconds);
    /// Points of @p id in a fitted() range; none where nothing was recorded.
    Result<std::vector<MetricsPoint>> read(const std::string& id, const HistoryRange& range) const;
    /// Newest first.
    Result<std::vector<RecordedContainer>> list() const;
    /// Removes what is over the age or the limit; files of @p keep stay.
    Result<void> collect(std::int64_t nowSeconds, const std::map<std::string, bool>& keep);
    /// Bytes that the directory takes on disk.
    Result<std::int64_t> bytesOnDisk() const;
    std::int64_t mostBytes() const { return m_mostBytes; }

    EventJournal& events() { return m_events; }

private:
    MetricsStore(std::string directory, std::int64_t mostBytes);
    std::string pathOf(const std::string& id) const { return m_directory + "/" + id + ".ring"; }
    Result<void> writeOne(const RecordedContainer& container, const MetricsPoint& point);

    struct Open {
        MetricsRing ring;
        std::string name; ///< as it stands in the label
    };
    std::string m_directory;
    std::int64_t m_mostBytes;
    EventJournal m_events;
    mutable std::mutex m_mutex;
    std::map<std::string, Open> m_open; ///< files of running containers, by id
};

} // namespace portlight::core
