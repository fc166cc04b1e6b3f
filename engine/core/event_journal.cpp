#include "engine/core/event_journal.h"

#include "engine/base/json.h"
#include "engine/base/syscalls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::core {

namespace {

constexpr std::size_t kMostBytes = 2U << 20U; ///< per file
constexpr std::array<std::string_view, 12> kActions { "create", "start", "die", "oom", "stop",
    "kill", "pause", "unpause", "restart", "rename", "update", "destroy" };
/// Labels could be anything: only what a reader of the history needs is kept.
constexpr std::array<const char*, 6> kAttributes { "name", "image", "exitCode", "signal",
    "execDuration", "oldName" };

std::string lineOf(const Event& event)
{
    Json json { { "t", event.timeNs }, { "id", event.actorId }, { "action", event.action } };
    for (const char* key : kAttributes)
        if (const auto found = event.attributes.find(key); found != event.attributes.end())
            json[key] = found->second;
    return dumpJson(json) + "\n";
}

Result<Event> eventOf(std::string_view line)
{
    PL_TRY(const auto json, parseJson(line));
    Event event;
    event.type = "container";
    PL_TRY(event.timeNs, jsonInt(json, "t"));
    PL_TRY(event.actorId, jsonString(json, "id"));
    PL_TRY(event.action, jsonString(json, "action"));
    for (const char* key : kAttributes) {
        PL_TRY(auto value, jsonString(json, key));
        if (!value.empty())
            event.attributes.emplace(key, std::move(value));
    }
    return event;
}

template <class Take> Result<void> eachEvent(const std::string& path, Take take)
{
    const auto text = readFile(path, 2 * kMostBytes);
    if (!text && text.error().code == Errc::NotFound)
        return success();
    if (!text)
        return text.error();
    const std::string& bytes = text.value();
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        if (auto event = eventOf(std::string_view(bytes).substr(at, end - at)))
            take(std::move(event).value());
        at = end + 1;
    }
    return success();
}

} // namespace

EventJournal::EventJournal(std::string directory)
    : m_directory(std::move(directory))
{
}

bool EventJournal::keeps(const Event& event)
{
    return event.type == "container" && !event.actorId.empty()
        && (event.action.starts_with("health_status")
            || std::find(kActions.begin(), kActions.end(), event.action) != kActions.end());
}

Result<void> EventJournal::append(const std::vector<Event>& events)
{
    std::string lines;
    for (const Event& event : events)
        lines += lineOf(event);
    const std::lock_guard lock(m_mutex);
    PL_TRY(auto file, openFile(current(), O_RDWR | O_APPEND | O_CREAT, 0600));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        return errnoError(errno, "stat '" + current() + "'");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > 0 && size + lines.size() > kMostBytes) {
        if (std::rename(current().c_str(), older().c_str()) != 0)
            return errnoError(errno, "rename '" + current() + "'");
        PL_TRY(file, openFile(current(), O_RDWR | O_APPEND | O_CREAT, 0600));
    } else if (char last = '\n';
        size > 0 && ::pread(file.get(), &last, 1, status.st_size - 1) == 1 && last != '\n') {
        lines.insert(0, 1, '\n'); // a crash cut the last line: it must not swallow this one
    }
    return writeAll(file, lines);
}

Result<std::vector<Event>> EventJournal::read(std::int64_t fromNs, std::int64_t toNs,
    const std::set<std::string>& ids, std::size_t most) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Event> found;
    const auto take = [&](Event event) {
        if (event.timeNs >= fromNs && event.timeNs <= toNs
            && (ids.empty() || ids.contains(event.actorId)))
            found.push_back(std::move(event));
    };
    PL_TRY(eachEvent(older(), take));
    PL_TRY(eachEvent(current(), take));
    if (found.size() > most)
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
    return found;
}

} // namespace portlight::core
