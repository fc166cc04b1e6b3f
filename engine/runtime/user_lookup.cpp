#include "engine/runtime/user_lookup.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace portlight::runtime {

namespace {

std::optional<std::uint32_t> toId(std::string_view text)
{
    std::uint32_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || end != text.data() + text.size() || text.empty()
        || number > 2147483647U)
        return std::nullopt;
    return number;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return parts;
        text.remove_prefix(at + 1);
    }
}

/// A line of passwd(5) or group(5), cut at its colons, for the entry that @p wanted accepts.
template <class Wanted>
std::vector<std::string_view> findEntry(std::string_view text, std::size_t fields, Wanted wanted)
{
    for (const auto line : split(text, '\n')) {
        auto parts = split(line, ':');
        if (parts.size() >= fields && wanted(parts))
            return parts;
    }
    return {};
}

using Parts = std::vector<std::string_view>;

void addGroup(ContainerUser& user, std::uint32_t gid)
{
    if (std::ranges::find(user.additionalGids, gid) == user.additionalGids.end())
        user.additionalGids.push_back(gid);
}

/// Groups whose member list names @p name.
void addMemberships(ContainerUser& user, std::string_view name, std::string_view group)
{
    for (const auto line : split(group, '\n')) {
        const Parts parts = split(line, ':');
        if (parts.size() < 4 || name.empty())
            continue;
        const auto gid = toId(parts[2]);
        const Parts members = split(parts[3], ',');
        if (gid && std::ranges::find(members, name) != members.end())
            addGroup(user, *gid);
    }
}

Result<std::uint32_t> groupId(std::string_view wanted, std::string_view group)
{
    const Parts entry =
        findEntry(group, 3, [wanted](const Parts& parts) { return parts[0] == wanted; });
    if (!entry.empty()) {
        if (const auto gid = toId(entry[2]))
            return *gid;
    }
    if (const auto gid = toId(wanted))
        return *gid;
    return makeError(Errc::InvalidArgument,
        "unable to find group " + std::string(wanted.substr(0, 64))
            + ": no matching entries in group file");
}

} // namespace

Result<ContainerUser> resolveUser(std::string_view user,
    const std::vector<std::string>& extraGroups, std::string_view passwd, std::string_view group)
{
    const auto colon = user.find(':');
    const std::string_view wanted = user.substr(0, colon).empty() ? "0" : user.substr(0, colon);
    const std::string_view wantedGroup =
        colon == std::string_view::npos ? std::string_view() : user.substr(colon + 1);
    const auto number = toId(wanted);
    ContainerUser found;
    const Parts entry = findEntry(passwd, 4, [&](const Parts& parts) {
        return parts[0] == wanted || (number && toId(parts[2]) == number);
    });
    if (!entry.empty() && toId(entry[2]) && toId(entry[3])) {
        found.uid = *toId(entry[2]);
        found.gid = *toId(entry[3]);
        if (entry.size() > 5 && entry[5].starts_with('/'))
            found.home = std::string(entry[5]);
        if (wantedGroup.empty())
            addMemberships(found, entry[0], group);
    } else if (number) {
        found.uid = *number;
    } else {
        return makeError(Errc::InvalidArgument,
            "unable to find user " + std::string(wanted.substr(0, 64))
                + ": no matching entries in passwd file");
    }
    if (!wantedGroup.empty()) {
        PL_TRY(found.gid, groupId(wantedGroup, group));
    }
    for (const auto& extra : extraGroups) {
        PL_TRY(const auto gid, groupId(extra, group));
        addGroup(found, gid);
    }
    // CVE-2022-36109 and its kin: the primary group counts among the supplementary ones, so that a
    // file which denies it cannot be reached by dropping groups.
    addGroup(found, found.gid);
    return found;
}

} // namespace portlight::runtime
