#include "engine/api/container_filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace portlight::api {

namespace {

constexpr std::array<std::string_view, 17> kKnown { "ancestor", "before", "exited", "expose",
    "health", "id", "is-task", "isolation", "label", "label!", "name", "network", "publish",
    "since", "status", "until", "volume" };
constexpr std::array<std::string_view, 7> kStatuses { "created", "restarting", "running",
    "removing", "paused", "exited", "dead" };

/// Docker takes a regular expression over the name with its slash. Expressions of clients are not
/// run here (they can be made to take for ever): "^" and "$" anchor, the rest is text.
bool nameMatches(const std::string& name, std::string_view wanted)
{
    const bool fromStart = wanted.starts_with('^');
    const bool toEnd = wanted.size() > (fromStart ? 1U : 0U) && wanted.ends_with('$');
    wanted.remove_prefix(fromStart ? 1 : 0);
    wanted.remove_suffix(toEnd ? 1 : 0);
    const auto matches = [&](std::string_view text) {
        if (fromStart && toEnd)
            return text == wanted;
        if (fromStart)
            return text.starts_with(wanted);
        if (toEnd)
            return text.ends_with(wanted);
        return text.find(wanted) != std::string_view::npos;
    };
    return matches("/" + name) || matches(name);
}

Result<void> checkValues(const ContainerFilter::Filters& filters)
{
    for (const auto& [filter, values] : filters) {
        if (std::ranges::find(kKnown, filter) == kKnown.end())
            return makeError(Errc::InvalidArgument, "invalid filter '" + filter + "'");
        for (const auto& value : values) {
            int number = 0;
            const auto [end, code] =
                std::from_chars(value.data(), value.data() + value.size(), number);
            const bool isNumber = code == std::errc() && end == value.data() + value.size();
            if ((filter == "status" && std::ranges::find(kStatuses, value) == kStatuses.end())
                || (filter == "exited" && !isNumber))
                return makeError(
                    Errc::InvalidArgument, "invalid filter '" + filter + "=" + value + "'");
        }
    }
    return success();
}

} // namespace

bool hasLabel(const std::map<std::string, std::string>& labels, const std::string& wanted)
{
    const auto equals = wanted.find('=');
    const auto found = labels.find(wanted.substr(0, equals));
    if (found == labels.end())
        return false;
    return equals == std::string::npos || found->second == wanted.substr(equals + 1);
}

Result<ContainerFilter> ContainerFilter::create(Filters filters, std::vector<std::string> imageIds,
    std::optional<std::int64_t> beforeNs, std::optional<std::int64_t> sinceNs)
{
    PL_TRY(checkValues(filters));
    ContainerFilter filter;
    filter.m_filters = std::move(filters);
    filter.m_imageIds = std::move(imageIds);
    filter.m_beforeNs = beforeNs;
    filter.m_sinceNs = sinceNs;
    return filter;
}

bool ContainerFilter::includesStopped() const
{
    return m_filters.contains("status") || m_filters.contains("exited");
}

bool ContainerFilter::acceptsOne(
    const std::string& filter, const std::string& value, const core::Container& container) const
{
    if (filter == "id")
        return container.id.starts_with(value);
    if (filter == "name")
        return nameMatches(container.name, value);
    if (filter == "status")
        return core::statusName(container.state.status) == value;
    if (filter == "label")
        return hasLabel(container.config.labels, value);
    if (filter == "exited")
        return container.state.status == core::RunStatus::Exited
            && std::to_string(container.state.exitCode) == value;
    if (filter == "network")
        return container.config.host.networkMode == value;
    if (filter == "health")
        return value == (container.health ? container.health->status : "none");
    if (filter == "is-task")
        return value == "false" || value == "0";
    if (filter == "isolation")
        return value == "default";
    if (filter == "expose")
        return std::ranges::find(container.config.exposedPorts, value)
            != container.config.exposedPorts.end();
    if (filter == "volume")
        return std::ranges::any_of(container.config.host.mounts,
            [&](const auto& mount) { return mount.target == value || mount.source == value; });
    return false; // publish: nothing is published
}

bool ContainerFilter::accepts(const core::Container& container) const
{
    if (m_beforeNs && container.createdAtNs >= *m_beforeNs)
        return false;
    if (m_sinceNs && container.createdAtNs <= *m_sinceNs)
        return false;
    for (const auto& [filter, values] : m_filters) {
        if (filter == "before" || filter == "since" || filter == "until" || values.empty())
            continue;
        const auto matches = [&, &name = filter](const std::string& value) {
            if (name == "ancestor")
                return container.config.image == value
                    || std::ranges::find(m_imageIds, container.imageId) != m_imageIds.end();
            return acceptsOne(name, value, container);
        };
        if (filter == "label!") {
            if (std::ranges::any_of(values, [&](const std::string& value) {
                    return hasLabel(container.config.labels, value);
                }))
                return false;
        } else if (filter == "label" ? !std::ranges::all_of(values, matches)
                                     : !std::ranges::any_of(values, matches)) {
            return false;
        }
    }
    return true;
}

} // namespace portlight::api
