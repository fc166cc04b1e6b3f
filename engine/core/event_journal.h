#pragma once

#include "engine/base/result.h"
#include "engine/core/event_bus.h"

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace portlight::core {

/// Container events on disk, for charts and for "what happened while nobody looked": one JSON line
/// each in two files of at most 2 MiB, the older of which goes when the newer is full. A line that
/// a crash cut short is skipped. Any thread; blocking.
class EventJournal {
public:
    /// Files are `events.jsonl` and `events.1.jsonl` in @p directory.
    explicit EventJournal(std::string directory);

    /// Whether an event belongs into the journal: what changes a container's life or health.
    static bool keeps(const Event& event);
    Result<void> append(const std::vector<Event>& events);
    /// Events with from <= time <= to of the containers @p ids (all where empty), oldest first;
    /// the newest @p most of them.
    Result<std::vector<Event>> read(std::int64_t fromNs, std::int64_t toNs,
        const std::set<std::string>& ids, std::size_t most) const;

private:
    std::string current() const { return m_directory + "/events.jsonl"; }
    std::string older() const { return m_directory + "/events.1.jsonl"; }

    std::string m_directory;
    mutable std::mutex m_mutex;
};

} // namespace portlight::core
