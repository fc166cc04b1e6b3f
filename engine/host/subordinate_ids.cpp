#include "engine/host/subordinate_ids.h"

#include "engine/base/syscalls.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace portlight::host {

namespace {

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc {} || stop != end)
        return std::nullopt;
    return value;
}

std::optional<SubordinateRange> parseRange(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto start = number(text.substr(0, colon));
    const auto count = number(text.substr(colon + 1));
    // (uid_t)-1 means "no id" to the kernel and ends every range.
    if (!start || !count || *count == 0 || *count > UINT32_MAX - *start)
        return std::nullopt;
    return SubordinateRange { *start, *count };
}

std::vector<SubordinateRange> readRanges(const char* path, const std::string& name, uid_t uid)
{
    const auto text = readFile(path, 4U << 20U);
    return text ? parseSubordinateIds(text.value(), name, uid) : std::vector<SubordinateRange> {};
}

} // namespace

std::vector<SubordinateRange> parseSubordinateIds(
    std::string_view text, const std::string& name, uid_t uid)
{
    std::vector<SubordinateRange> ranges;
    const std::string digits = std::to_string(uid);
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view {} : text.substr(end + 1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view owner = line.substr(0, colon);
        if (owner.empty() || (owner != name && owner != digits))
            continue;
        if (const auto range = parseRange(line.substr(colon + 1)))
            ranges.push_back(*range);
    }
    return ranges;
}

std::string findProgram(const std::string& name)
{
    const char* path = std::getenv("PATH");
    std::string list = path != nullptr ? path : "";
    list += ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (std::size_t at = 0; at < list.size();) {
        const auto colon = std::min(list.find(':', at), list.size());
        const std::string candidate = list.substr(at, colon - at) + "/" + name;
        struct stat info {};
        if (candidate[0] == '/' && ::stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode)
            && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
        at = colon + 1;
    }
    return {};
}

SubordinateIds findSubordinateIds(uid_t uid)
{
    SubordinateIds ids;
    char buffer[16384];
    passwd entry {};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr)
        ids.userName = found->pw_name;
    ids.uids = readRanges("/etc/subuid", ids.userName, uid);
    ids.gids = readRanges("/etc/subgid", ids.userName, uid);
    ids.newuidmap = findProgram("newuidmap");
    ids.newgidmap = findProgram("newgidmap");
    return ids;
}

} // namespace portlight::host
