#include "engine/api/event_filter.h"

#include <algorithm>
#include <array>

namespace portlight::api {

namespace {

constexpr std::array<std::string_view, 15> kKnown { "builder", "config", "container", "daemon",
    "event", "image", "label", "network", "node", "plugin", "scope", "secret", "service", "type",
    "volume" };

std::string attribute(const core::Event& event, const std::string& name)
{
    const auto found = event.attributes.find(name);
    return found == event.attributes.end() ? std::string() : found->second;
}

// An object is meant by its id, the start of its id, or its name.
bool isObject(const core::Event& event, const std::string& wanted)
{
    return !wanted.empty()
        && (event.actorId.starts_with(wanted) || attribute(event, "name") == wanted);
}

// An image is meant by its id, its name, or its name without the tag; of a container, its image's.
bool isImage(const core::Event& event, const std::string& wanted)
{
    const std::string name = attribute(event, event.type == "image" ? "name" : "image");
    const std::string untagged = name.substr(0, name.rfind(':'));
    return !wanted.empty()
        && (name == wanted || untagged == wanted
            || (event.type == "image"
                && (event.actorId == wanted || event.actorId.starts_with("sha256:" + wanted))));
}

bool hasLabel(const core::Event& event, const std::string& wanted)
{
    const auto equals = wanted.find('=');
    const auto found = event.attributes.find(wanted.substr(0, equals));
    return found != event.attributes.end()
        && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

bool matches(const core::Event& event, const std::string& filter, const std::string& wanted)
{
    if (filter == "type")
        return event.type == wanted;
    if (filter == "event") // "exec_create" stands for "exec_create: /bin/sh"
        return event.action == wanted || event.action.starts_with(wanted + ":");
    if (filter == "label")
        return hasLabel(event, wanted);
    if (filter == "scope")
        return wanted == "local";
    if (filter == "image")
        return isImage(event, wanted);
    return event.type == filter && isObject(event, wanted);
}

} // namespace

Result<EventFilter> EventFilter::create(Filters filters)
{
    for (const auto& [name, values] : filters)
        if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end())
            return makeError(Errc::InvalidArgument, "invalid filter '" + name + "'");
    return EventFilter(std::move(filters));
}

bool EventFilter::accepts(const core::Event& event) const
{
    return std::all_of(m_filters.begin(), m_filters.end(), [&](const auto& filter) {
        const auto& [name, values] = filter;
        if (name == "label") // all of them, as docker has it
            return std::all_of(values.begin(), values.end(),
                [&](const std::string& value) { return matches(event, name, value); });
        return values.empty()
            || std::any_of(values.begin(), values.end(),
                [&](const std::string& value) { return matches(event, name, value); });
    });
}

Json toJson(const core::Event& event)
{
    Json attributes = Json::object();
    for (const auto& [name, value] : event.attributes)
        attributes[name] = value;
    Json actor = { { "ID", event.actorId }, { "Attributes", std::move(attributes) } };
    Json json = { { "Type", event.type }, { "Action", event.action }, { "Actor", std::move(actor) },
        { "scope", "local" }, { "time", event.timeNs / 1'000'000'000 },
        { "timeNano", event.timeNs } };
    if (event.type == "container" || event.type == "image") {
        json["status"] = event.action;
        json["id"] = event.actorId;
        if (event.type == "container")
            json["from"] = attribute(event, "image");
    }
    return json;
}

} // namespace portlight::api
